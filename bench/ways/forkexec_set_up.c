/* SPDX-License-Identifier: MIT
 *
 * fx_spawn of a child with a directory, an environment of its own and three pipes, and either a
 * session (which is a new group too) or a process group.
 */
#include "../set_up.h"
#include "../way.h"
#include "forkexec_way.h"

static int start(const char *program, bool new_session) {
    char *const argv[] = {(char *)program, NULL};
    const fx_command command = {
        .size = sizeof command,
        .argv = argv,
        .environment = set_up_environment,
        .directory = SET_UP_DIRECTORY,
        .stdio = {{.kind = FX_STDIO_PIPE}, {.kind = FX_STDIO_PIPE}, {.kind = FX_STDIO_PIPE}},
        .new_session = new_session,
        .process_group = {.set = !new_session, .value = 0},
    };
    return spawn_and_wait(&command);
}

static int run_session(const char *program) { return start(program, true); }

static int run_group(const char *program) { return start(program, false); }

WAY(session, .name = "fx_spawn", .variant = "session", .run = run_session);
WAY(group, .name = "fx_spawn", .variant = "process group", .run = run_group);
