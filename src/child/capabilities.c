/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "child.h"
#include "platform/identity.h"

enum { CAPABILITIES = 64 };

static bool has(const struct fx_plan_step *step, int capability) {
    const unsigned long long *bits = step->data;
    return *bits >> capability & 1;
}

int fx_run_bounding(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)frame;
    for (int capability = 0; capability < CAPABILITIES; capability++) {
        if (has(step, capability))
            continue;
        int result = fx_sys_drop_bounding(capability);
        if (result == -EINVAL)
            return 0;
        if (result < 0) {
            *index = capability;
            return result;
        }
    }
    return 0;
}

int fx_run_securebits(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)frame;
    (void)index;
    return fx_sys_set_securebits((int)step->number);
}

int fx_run_keep_capabilities(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)frame;
    (void)index;
    return fx_sys_keep_capabilities(step->number != 0);
}

int fx_run_capabilities(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)frame;
    (void)index;
    return fx_sys_change_capabilities(step->data);
}

int fx_run_ambient(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)frame;
    int result = fx_sys_clear_ambient();
    for (int capability = 0; result >= 0 && capability < CAPABILITIES; capability++) {
        if (!has(step, capability))
            continue;
        result = fx_sys_raise_ambient(capability);
        if (result < 0)
            *index = capability;
    }
    return result;
}
