/* SPDX-License-Identifier: MIT
 *
 * fx_spawn of a child with what set_up.h has.
 */
#include "../set_up.h"
#include "../way.h"
#include "forkexec_way.h"

static int start(const char *program, const struct set_up *set_up) {
    char *const argv[] = {(char *)program, NULL};
    fx_command command = {
        .size = sizeof command,
        .argv = argv,
        .environment = set_up_environment,
        .directory = SET_UP_DIRECTORY,
        .new_session = set_up->new_session,
        .process_group = {.set = !set_up->new_session, .value = 0},
    };
    for (int fd = set_up->first_pipe; fd < 3; fd++)
        command.stdio[fd].kind = FX_STDIO_PIPE;
    struct pipes pipes;
    fx_child child = {.size = sizeof child};
    int result = fx_spawn(&command, &child, NULL);
    if (result < 0)
        return result;
    for (int fd = 0; fd < 3; fd++) {
        pipes.parent[fd] = child.stdio[fd];
        child.stdio[fd] = -1;
    }
    pipes_hand_over(&pipes, set_up->first_pipe);
    return wait_and_close(&child);
}

WAYS_SET_UP("fx_spawn", start, .tidy = pipes_tidy);
