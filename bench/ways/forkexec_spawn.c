/* SPDX-License-Identifier: MIT
 *
 * fx_spawn: compile, launch and free, each time.
 */
#include <errno.h>
#include <forkexec.h>

#include "../way.h"

static int run(const char *program) {
    char *const argv[] = {(char *)program, NULL};
    const fx_command command = {.size = sizeof command, .argv = argv};
    fx_child child = {.size = sizeof child};
    fx_exit end = {.size = sizeof end};
    int result = fx_spawn(&command, &child, NULL);
    if (result < 0)
        return result;
    result = fx_wait(&child, -1, 0, &end);
    fx_child_close(&child);
    return result < 0 ? result : end.code ? -ECANCELED : 0;
}

WAY("fx_spawn", NULL, run)
