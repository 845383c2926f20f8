/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "child.h"
#include "platform/platform.h"

/*
 * A record is far below PIPE_BUF, so it is written whole or not at all, and into an empty
 * pipe of the parent's own, so it never waits. The child holds both ends: there is no SIGPIPE
 * when the parent has died.
 */
static int send(struct fx_frame *frame) {
    const struct fx_report record = {
        .progress = frame->report.progress,
        .step = frame->report.step,
        .index = frame->report.index,
        .code = frame->report.code,
    };
    if (frame->report_descriptor < 0)
        return 0;
    int result;
    do
        result = fx_sys_write(frame->report_descriptor, &record, sizeof record);
    while (result == -EINTR);
    return result < 0 ? result : 0;
}

bool fx_child_tell_progress(struct fx_frame *frame, enum fx_progress progress) {
    frame->report.progress = (int)progress;
    int result = send(frame);
    /* A callback may have closed it. */
    return result == 0 || (result == -EBADF && frame->plan->callback.function);
}

bool fx_child_tell_skipped(struct fx_frame *frame, fx_step step, int index, int code) {
    fx_skips_add(frame->skips, step, index, code);
    frame->report.step = (int)step;
    frame->report.index = index;
    frame->report.code = code;
    if (frame->tells_skips && frame->plan->reporter.function)
        frame->plan->reporter.function(frame->plan->reporter.argument, step, index, code);
    return frame->shares_memory || fx_child_tell_progress(frame, FX_PROGRESS_SKIPPED);
}

void fx_child_tell_failure(struct fx_frame *frame, fx_step step, int index, int code) {
    const fx_reporter *reporter = &frame->plan->reporter;
    frame->report.step = (int)step;
    frame->report.index = index;
    frame->report.code = code;
    frame->report.progress = FX_PROGRESS_FAILED;
    (void)send(frame);
    /* What shares memory has told its parent already, which goes on from here. */
    if (reporter->function && !frame->shares_memory)
        reporter->function(reporter->argument, step, index, code);
}
