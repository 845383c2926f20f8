/* SPDX-License-Identifier: MIT */
#include "platform/session.h"
#include "child.h"
#include "platform/platform.h"

int fx_run_setsid(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)frame;
    (void)step;
    (void)index;
    int result = fx_sys_setsid();
    return result < 0 ? result : 0;
}

int fx_run_setpgid(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)frame;
    (void)index;
    return fx_sys_setpgid((pid_t)step->number);
}

int fx_run_terminal(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)index;
    return fx_sys_take_terminal(frame->held[step->held]);
}

int fx_run_foreground(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)index;
    return fx_sys_take_foreground(frame->held[step->held]);
}
