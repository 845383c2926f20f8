/* SPDX-License-Identifier: MIT
 *
 * fx_launch of a plan that was compiled once.
 */
#include "../way.h"
#include "forkexec_way.h"

static fx_plan *plan;

static int prepare(const char *program) {
    char *const argv[] = {(char *)program, NULL};
    const fx_command command = {.size = sizeof command, .argv = argv};
    fx_plan_free(plan);
    return fx_compile(&command, &plan, NULL);
}

static int run(const char *program) {
    (void)program;
    return launch_and_wait(plan);
}

WAY(forkexec_plan, .name = "fx_launch", .variant = "", .prepare = prepare, .run = run);
