/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "child.h"
#include "platform/platform.h"

int fx_run_chdir(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)frame;
    (void)index;
    return fx_sys_chdir(step->path);
}

int fx_run_fchdir(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)step;
    (void)index;
    return fx_sys_fchdir(frame->directory);
}

int fx_run_chroot(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)frame;
    (void)step;
    (void)index;
    return -ENOSYS;
}
