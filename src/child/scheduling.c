/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "child.h"
#include "platform/platform.h"

int fx_run_scheduling(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)frame;
    (void)step;
    (void)index;
    return -ENOSYS;
}

int fx_run_nice(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)frame;
    (void)step;
    (void)index;
    return -ENOSYS;
}

int fx_run_affinity(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)frame;
    (void)step;
    (void)index;
    return -ENOSYS;
}

int fx_run_io_priority(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)frame;
    (void)step;
    (void)index;
    return -ENOSYS;
}

int fx_run_timer_slack(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)frame;
    (void)step;
    (void)index;
    return -ENOSYS;
}

int fx_run_oom_score_adj(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)frame;
    (void)step;
    (void)index;
    return -ENOSYS;
}
