/* SPDX-License-Identifier: MIT
 *
 * fx_spawn: compile, launch and free, each time.
 */
#include "../way.h"
#include "forkexec_way.h"

static int run(const char *program) {
    char *const argv[] = {(char *)program, NULL};
    const fx_command command = {.size = sizeof command, .argv = argv};
    return spawn_and_wait(&command);
}

WAY(forkexec_spawn, .name = "fx_spawn", .variant = "", .early = fx_reserve, .run = run);
