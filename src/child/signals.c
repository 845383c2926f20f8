/* SPDX-License-Identifier: MIT
 *
 * libc's internal signals need no special care: they are sent to a thread by its id, and the
 * child, though it may share the parent thread's libc state, has an id that libc does not know.
 */
#include "platform/signals.h"
#include "child.h"

int fx_run_reset_handlers(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)step;
    (void)index;
    return frame->handlers_cleared ? 0 : fx_sys_reset_handlers();
}

int fx_run_default_signal(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)frame;
    (void)index;
    return fx_sys_default_signal((int)step->number);
}

int fx_run_signal_mask(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)step;
    (void)index;
    return fx_sys_set_signal_mask(&frame->mask);
}

int fx_run_ignored_signal(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)frame;
    (void)index;
    return fx_sys_ignore_signal((int)step->number);
}
