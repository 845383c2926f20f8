/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "child.h"
#include "platform/containment.h"
#include "platform/platform.h"

int fx_run_apparmor(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)frame;
    (void)index;
    return fx_sys_apparmor(step->data, step->size);
}

int fx_run_selinux(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)frame;
    (void)index;
    return fx_sys_selinux(step->data, step->size);
}

int fx_run_no_new_privs(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)frame;
    (void)step;
    (void)index;
    return fx_sys_no_new_privs();
}

static int allow_all(int ruleset, const struct fx_plan_step *step, int *index) {
    const fx_landlock_path *rules = step->data;
    for (size_t i = 0; i < step->size; i++) {
        int result =
            fx_sys_landlock_allow(ruleset, (int)step->number, rules[i].path, rules[i].access);
        if (result < 0) {
            *index = (int)i;
            return result;
        }
    }
    return 0;
}

int fx_run_landlock(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    if (!step->data) {
        int held = frame->held[step->held];
        return held < 0 ? held : fx_sys_landlock_restrict(held);
    }
    int ruleset = fx_sys_landlock_create((int)step->number);
    if (ruleset < 0)
        return ruleset;
    int result = allow_all(ruleset, step, index);
    if (result == 0)
        result = fx_sys_landlock_restrict(ruleset);
    (void)fx_sys_close(ruleset);
    return result;
}

int fx_run_seccomp(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)frame;
    (void)index;
    return fx_sys_seccomp(step->data, step->size);
}
