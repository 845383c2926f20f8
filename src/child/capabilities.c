/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "child.h"
#include "platform/platform.h"

int fx_run_bounding(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)frame;
    (void)step;
    (void)index;
    return -ENOSYS;
}

int fx_run_securebits(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)frame;
    (void)step;
    (void)index;
    return -ENOSYS;
}

int fx_run_keep_capabilities(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)frame;
    (void)step;
    (void)index;
    return -ENOSYS;
}

int fx_run_capabilities(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)frame;
    (void)step;
    (void)index;
    return -ENOSYS;
}

int fx_run_ambient(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)frame;
    (void)step;
    (void)index;
    return -ENOSYS;
}
