/* SPDX-License-Identifier: MIT
 *
 * What the ways through this library share.
 */
#ifndef BENCH_FORKEXEC_WAY_H
#define BENCH_FORKEXEC_WAY_H

#include <errno.h>
#include <forkexec.h>

static inline int wait_and_close(fx_child *child) {
    fx_exit end = {.size = sizeof end};
    int result = fx_wait(child, -1, 0, &end);
    fx_child_close(child);
    return result < 0 ? result : end.code ? -ECANCELED : 0;
}

static inline int spawn_and_wait(const fx_command *command) {
    fx_child child = {.size = sizeof child};
    int result = fx_spawn(command, &child, NULL);
    return result < 0 ? result : wait_and_close(&child);
}

static inline int launch_and_wait(const fx_plan *plan) {
    fx_child child = {.size = sizeof child};
    int result = fx_launch(plan, &child, NULL);
    return result < 0 ? result : wait_and_close(&child);
}

#endif
