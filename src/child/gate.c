/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "child.h"
#include "platform/exec.h"
#include "platform/platform.h"

int fx_run_traced(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)frame;
    (void)step;
    (void)index;
    return fx_sys_trace_me();
}

/* What is written to it means nothing; the end does. */
static int wait_for_end(int gate) {
    char waste[256];
    for (;;) {
        int result = fx_sys_read(gate, waste, sizeof waste);
        if (result == 0)
            return 0;
        /* Whether a read waits belongs to the open file, so to the caller. */
        if (result == -EAGAIN)
            result = fx_sys_wait_readable(gate);
        if (result < 0 && result != -EINTR)
            return result;
    }
}

int fx_run_gate(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)index;
    if (!fx_child_tell_progress(frame, FX_PROGRESS_GATE))
        return -EIO;
    frame->is_past_gate = true;
    return wait_for_end(frame->held[step->held]);
}
