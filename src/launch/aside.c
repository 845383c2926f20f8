/* SPDX-License-Identifier: MIT
 *
 * Descriptors that the child uses for itself until exec: at numbers that the map does not
 * write, out of reach of the closing of all others, and close-on-exec.
 */
#include "launch.h"
#include "platform/platform.h"
#include "platform/sorted.h"

/* Move it, in the parent's table, to a number from 3 up that is no target. */
static int lift(const struct fx_plan *plan, int *fd) {
    while (*fd < 3 || fx_sorted_has(plan->targets, plan->entry_count, *fd)) {
        int lifted = fx_sys_dup_above(*fd, *fd < 3 ? 3 : *fd + 1);
        if (lifted < 0)
            return lifted;
        (void)fx_sys_close(*fd);
        *fd = lifted;
    }
    return 0;
}

static void insert(struct fx_launch *launch, int fd) {
    size_t at = launch->frame.open_count++;
    for (; at > 0 && launch->open[at - 1] > fd; at--)
        launch->open[at] = launch->open[at - 1];
    launch->open[at] = fd;
}

static void take_out(struct fx_launch *launch, int fd) {
    size_t kept = 0;
    for (size_t i = 0; i < launch->frame.open_count; i++)
        if (launch->open[i] != fd)
            launch->open[kept++] = launch->open[i];
    launch->frame.open_count = kept;
}

int fx_keep_aside(struct fx_launch *launch, int *fd) {
    int result = lift(launch->plan, fd);
    if (result < 0)
        return result;
    insert(launch, *fd);
    return 0;
}

void fx_drop_aside(struct fx_launch *launch, int *fd) {
    if (*fd >= 0)
        take_out(launch, *fd);
    fx_close_if_open(fd);
}

void fx_keep_aside_instead(struct fx_launch *launch, int *fd, int number) {
    take_out(launch, *fd);
    insert(launch, number);
    *fd = number;
}

int fx_pipe_aside(struct fx_launch *launch, int ends[2], const char *what, fx_error *error) {
    int result = fx_platform_pipe(ends);
    for (int i = 0; i < 2 && result == 0; i++)
        result = fx_keep_aside(launch, &ends[i]);
    if (result == 0)
        return 0;
    fx_close_if_open(&ends[0]);
    fx_close_if_open(&ends[1]);
    return fx_error_set(error, result, FX_STEP_PIPE, -1, "%s", what);
}
