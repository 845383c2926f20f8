/* SPDX-License-Identifier: MIT
 *
 * fx_launch of a plan without a pidfd: like the floor, it waits by pid. The difference to
 * "fx_launch" is what the kernel takes to make and close a pidfd.
 */
#include <errno.h>
#include <forkexec.h>
#include <stddef.h>

#include "../way.h"

static fx_plan *plan;

static int prepare(const char *program) {
    char *const argv[] = {(char *)program, NULL};
    const fx_command command = {.size = sizeof command, .argv = argv, .without_pidfd = true};
    return fx_compile(&command, &plan, NULL);
}

static int run(const char *program) {
    fx_child child = {.size = sizeof child};
    fx_exit end = {.size = sizeof end};
    (void)program;
    int result = fx_launch(plan, &child, NULL);
    if (result < 0)
        return result;
    result = fx_wait(&child, -1, 0, &end);
    fx_child_close(&child);
    return result < 0 ? result : end.code ? -ECANCELED : 0;
}

WAY("fx_launch by pid", prepare, run)
