/* SPDX-License-Identifier: MIT
 *
 * fx_launch of a plan without a pidfd: like the floor, it waits by pid. The difference to
 * "fx_launch" is what the kernel takes to make and close a pidfd.
 */
#include "../way.h"
#include "forkexec_way.h"

static fx_plan *plan;

static int prepare(const char *program) {
    char *const argv[] = {(char *)program, NULL};
    const fx_command command = {.size = sizeof command, .argv = argv, .without_pidfd = true};
    fx_plan_free(plan);
    return fx_compile(&command, &plan, NULL);
}

static int run(const char *program) {
    (void)program;
    return launch_and_wait(plan);
}

WAY(forkexec_by_pid, .name = "fx_launch by pid", .variant = "", .prepare = prepare, .run = run);
