/* SPDX-License-Identifier: MIT
 *
 * A child on memory of its own: its report comes through a close-on-exec pipe.
 */
#include <errno.h>
#include <unistd.h>

#include "launch.h"
#include "leash.h"
#include "platform/platform.h"

int fx_report_open(struct fx_launch *launch, int ends[2], fx_error *error) {
    int result = fx_pipe_aside(launch, ends, "report", error);
    if (result == 0)
        launch->frame.report_descriptor = ends[1];
    return result;
}

/* The last record before end-of-file, which comes with exec or the child's end; or with the gate.
 */
void fx_report_read(struct fx_launch *launch, int fd) {
    struct fx_report record;
    for (;;) {
        ssize_t size = read(fd, &record, sizeof record);
        if (size < 0 && errno == EINTR)
            continue;
        if (size != (ssize_t)sizeof record)
            return;
        if (record.progress == FX_PROGRESS_SKIPPED) {
            fx_skips_add(&launch->skips, (fx_step)record.step, record.index, record.code);
            continue;
        }
        if (record.progress == FX_PROGRESS_MAPS) {
            fx_maps_answer(launch);
            /* What becomes of it then is told to the caller, by a forked child. */
            if (launch->plan->reporter.function && launch->mechanism == FX_MECHANISM_FORK)
                return;
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
    bool reads = !plan->reporter.function || fx_maps_are_asked(plan);
    int result = fx_maps_open(launch, error);
    if (result == 0 && reads)
        result = fx_report_open(launch, ends, error);
    if (result < 0) {
        fx_maps_close(launch);
        return result;
    }

    launch->frame.handlers_cleared = false;
    launch->frame.shares_memory = false;
    pid_t pid = fx_leash_before(launch, FX_LEASH_FORKING);
    if (pid == 0)
        pid = launch->pid = fx_birth_fork(launch);
    if (pid == 0)
        (void)fx_child_run(&launch->frame);
    fx_leash_after(launch, pid);
    fx_close_if_open(&ends[1]);
    if (pid > 0) {
        if (reads)
            fx_report_read(launch, ends[0]);
        if (plan->reporter.function)
            launch->frame.report.progress = FX_PROGRESS_EXEC;
        int pidfd = plan->without_pidfd ? -1 : fx_platform_pidfd_open(pid);
        launch->pidfd = pidfd < 0 ? -1 : pidfd;
    }
    fx_close_if_open(&ends[0]);
    fx_maps_close(launch);
    return pid;
}
