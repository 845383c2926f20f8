/* SPDX-License-Identifier: MIT */
#include "platform/identity.h"
#include "child.h"
#include "platform/platform.h"

int fx_run_setgroups(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    /* An empty list is a call too: it is what drops the parent's groups (CVE-2023-6507). */
    (void)frame;
    (void)index;
    return fx_sys_setgroups((size_t)step->number, step->data);
}

int fx_run_setgid(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)frame;
    (void)index;
    return fx_sys_setgid((gid_t)step->number);
}

int fx_run_setuid(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)frame;
    (void)index;
    return fx_sys_setuid((uid_t)step->number);
}

int fx_run_dumpable(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)frame;
    (void)index;
    return fx_sys_set_dumpable((int)step->number);
}
