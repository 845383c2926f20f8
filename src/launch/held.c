/* SPDX-License-Identifier: MIT
 *
 * Descriptors that steps of the child need: the map may write their numbers, and the closing of all
 * others would take them, so the child works on copies. What is given as a path is opened.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "launch.h"
#include "platform/platform.h"

static int obtain(const struct fx_held *held) {
    if (!held->path)
        return fx_sys_dup_above(held->descriptor, 3);
    int fd = open(held->path, held->flags | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

/* Whether the step that it is for need not succeed: the child then finds why it has none. */
static bool may_be_absent(const struct fx_plan *plan, size_t place) {
    for (size_t i = 0; i < plan->step_count; i++) {
        const struct fx_plan_step *step = &plan->steps[i];
        if (step->kind == plan->held[place].step && (size_t)step->held == place)
            return step->best_effort;
    }
    return false;
}

int fx_held_open(struct fx_launch *launch, fx_error *error) {
    const struct fx_plan *plan = launch->plan;
    for (; launch->held_count < plan->held_count; launch->held_count++) {
        const struct fx_held *held = &plan->held[launch->held_count];
        int *fd = &launch->held[launch->held_count];
        int result = *fd = obtain(held);
        if (result >= 0) {
            result = fx_keep_aside(launch, fd);
            if (result < 0)
                fx_close_if_open(fd);
        }
        if (result < 0 && may_be_absent(plan, launch->held_count))
            *fd = result;
        else if (result < 0)
            return fx_plan_error(plan, held->step, held->index, result, error);
    }
    launch->frame.held = launch->held;
    return 0;
}

void fx_held_close(struct fx_launch *launch) {
    while (launch->held_count > 0)
        fx_close_if_open(&launch->held[--launch->held_count]);
}
