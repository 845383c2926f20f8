/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "child.h"
#include "platform/identity.h"
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

static int change_root_to_open(int root) {
    int result = fx_sys_fchdir(root);
    return result < 0 ? result : fx_sys_chroot(".");
}

/* A child that goes on without it is where it was. */
static int try_root(int root) {
    int here = fx_sys_open_here();
    if (here < 0)
        return here;
    int result = change_root_to_open(root);
    if (result < 0)
        (void)fx_sys_fchdir(here);
    (void)fx_sys_close(here);
    return result;
}

int fx_run_chroot(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    int result, root = step->path ? -1 : frame->held[step->held];
    (void)index;
    if (step->path)
        result = fx_sys_chroot(step->path);
    else if (root < 0)
        result = root;
    else
        result = step->best_effort ? try_root(root) : change_root_to_open(root);
    /* A directory left outside is a way out: openat(2) of ".." knows no other root there. */
    return result < 0 ? result : fx_sys_chdir("/");
}
