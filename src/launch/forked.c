/* SPDX-License-Identifier: MIT
 *
 * A child on memory of its own: its report comes through a close-on-exec pipe.
 */
#include <errno.h>
#include <unistd.h>

#include "launch.h"
#include "platform/platform.h"

static bool is_target(const struct fx_plan *plan, int fd) {
    for (size_t i = 0; i < plan->entry_count && plan->targets[i] <= fd; i++)
        if (plan->targets[i] == fd)
            return true;
    return false;
}

/* Move the end that the child writes to where no target of the map overwrites it. */
static int lift_above_targets(const struct fx_plan *plan, int *end) {
    while (*end < 3 || is_target(plan, *end)) {
        int fd = fx_sys_dup_above(*end, *end < 3 ? 3 : *end + 1);
        if (fd < 0)
            return fd;
        (void)fx_sys_close(*end);
        *end = fd;
    }
    return 0;
}

static int open_report_pipe(struct fx_launch *launch, int ends[2], fx_error *error) {
    int result = fx_platform_pipe(ends);
    if (result == 0)
        result = lift_above_targets(launch->plan, &ends[1]);
    if (result < 0) {
        fx_close_if_open(&ends[0]);
        fx_close_if_open(&ends[1]);
        return fx_error_set(error, result, FX_STEP_PIPE, -1, "report");
    }

    /* It stays open through the closing of all others. */
    const struct fx_plan *plan = launch->plan;
    size_t count = 0;
    for (; count < plan->open_count && plan->open[count] < ends[1]; count++)
        launch->open[count] = plan->open[count];
    launch->open[count] = ends[1];
    for (; count < plan->open_count; count++)
        launch->open[count + 1] = plan->open[count];
    launch->frame.open = launch->open;
    launch->frame.open_count = plan->open_count + 1;
    launch->frame.report_descriptor = ends[1];
    return 0;
}

/* The last record before end-of-file, which comes with exec or the child's end. */
static void read_report(struct fx_launch *launch, int fd) {
    struct fx_report record;
    for (;;) {
        ssize_t size = read(fd, &record, sizeof record);
        if (size < 0 && errno == EINTR)
            continue;
        if (size != (ssize_t)sizeof record)
            return;
        launch->frame.report.step = record.step;
        launch->frame.report.index = record.index;
        launch->frame.report.code = record.code;
        launch->frame.report.progress = record.progress;
    }
}

pid_t fx_launch_forked(struct fx_launch *launch, fx_error *error) {
    const struct fx_plan *plan = launch->plan;
    int ends[2] = {-1, -1};
    /* With a reporter the caller has a channel of its own, and does not want to wait here. */
    if (!plan->reporter.function) {
        int result = open_report_pipe(launch, ends, error);
        if (result < 0)
            return result;
    }

    launch->frame.handlers_cleared = false;
    pid_t pid = fx_platform_fork(plan->callback.function != NULL);
    if (pid == 0) {
        /* The other end would keep the pipe from ever telling the child that the parent died. */
        fx_close_if_open(&ends[0]);
        (void)fx_child_run(&launch->frame);
    }
    fx_close_if_open(&ends[1]);
    if (pid > 0) {
        if (plan->reporter.function)
            launch->frame.report.progress = FX_PROGRESS_EXEC;
        else
            read_report(launch, ends[0]);
        int pidfd = plan->without_pidfd ? -1 : fx_platform_pidfd_open(pid);
        launch->pidfd = pidfd < 0 ? -1 : pidfd;
    }
    fx_close_if_open(&ends[0]);
    return pid;
}
