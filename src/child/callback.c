/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "child.h"
#include "platform/platform.h"

int fx_run_callback(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    const fx_callback *callback = &frame->plan->callback;
    (void)step;
    (void)index;
    if (!fx_child_tell_progress(frame, FX_PROGRESS_CALLBACK))
        return -EIO;
    int result = callback->function(callback->argument);
    return result > 0 ? -result : result;
}
