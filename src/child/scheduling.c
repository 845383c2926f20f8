/* SPDX-License-Identifier: MIT */
#include "platform/scheduling.h"

#include "child.h"

int fx_run_scheduling(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)frame;
    (void)index;
    return fx_sys_schedule(step->data);
}

/* Beyond either end the kernel takes the end; so does a sum. */
static int within(int nice) { return nice < -20 ? -20 : nice > 19 ? 19 : nice; }

int fx_run_nice(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    int nice = 0, result = 0;
    bool relative = step->size != 0;
    (void)frame;
    (void)index;
    if (relative)
        result = fx_sys_get_nice(&nice);
    return result < 0 ? result : fx_sys_set_nice(within(nice + (int)step->number));
}

int fx_run_affinity(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)frame;
    (void)index;
    int result = fx_sys_set_affinity(step->data, step->size);
    return result < 0 ? result : 0;
}

int fx_run_io_priority(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    const fx_io_priority *priority = step->data;
    (void)frame;
    (void)index;
    return fx_sys_set_io_priority(priority->io_class, priority->level);
}

int fx_run_timer_slack(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)frame;
    (void)index;
    return fx_sys_set_timer_slack((unsigned long long)step->number);
}

int fx_run_oom_score_adj(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)frame;
    (void)index;
    return fx_sys_set_oom_score_adj(step->path, step->size);
}

int fx_run_alarm(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)frame;
    (void)index;
    return fx_sys_alarm((unsigned int)step->number);
}
