/* SPDX-License-Identifier: MIT
 *
 * A child on memory of its own: its report comes through a close-on-exec pipe.
 */
#include <errno.h>
#include <unistd.h>

#include "launch.h"
#include "platform/platform.h"

static int open_report_pipe(struct fx_launch *launch, int ends[2], fx_error *error) {
    int result = fx_platform_pipe(ends);
    if (result == 0)
        result = fx_keep_aside(launch, &ends[0]);
    if (result == 0)
        result = fx_keep_aside(launch, &ends[1]);
    if (result < 0) {
        fx_close_if_open(&ends[0]);
        fx_close_if_open(&ends[1]);
        return fx_error_set(error, result, FX_STEP_PIPE, -1, "report");
    }
    launch->frame.report_descriptor = ends[1];
    return 0;
}

static void note_skipped(struct fx_skips *skips, const struct fx_report *record) {
    if (skips->count < FX_SKIPPED_MAX)
        skips->list[skips->count] = (fx_skipped){
            .step = (fx_step)record->step, .index = record->index, .code = record->code};
    skips->count++;
}

/* The last record before end-of-file, which comes with exec or the child's end; or with the gate.
 */
static void read_report(struct fx_launch *launch, int fd) {
    struct fx_report record;
    for (;;) {
        ssize_t size = read(fd, &record, sizeof record);
        if (size < 0 && errno == EINTR)
            continue;
        if (size != (ssize_t)sizeof record)
            return;
        if (record.progress == FX_PROGRESS_SKIPPED) {
            note_skipped(&launch->skips, &record);
            continue;
        }
        launch->frame.report.step = record.step;
        launch->frame.report.index = record.index;
        launch->frame.report.code = record.code;
        launch->frame.report.progress = record.progress;
        if (record.progress == FX_PROGRESS_GATE)
            return;
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
    launch->frame.shares_memory = false;
    pid_t pid = fx_platform_fork(plan->callback.function != NULL);
    if (pid == 0)
        (void)fx_child_run(&launch->frame);
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
