/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "child.h"
#include "platform/containment.h"
#include "platform/platform.h"

int fx_run_cgroup(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)index;
    if (frame->born_in_cgroup)
        return 0;
    int directory = frame->held[step->held];
    return directory < 0 ? directory : fx_sys_enter_cgroup(directory);
}

int fx_run_personality(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)frame;
    (void)index;
    return fx_sys_personality((unsigned int)step->number);
}

int fx_run_setns(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)index;
    int fd = frame->held[step->held];
    return fd < 0 ? fd : fx_sys_setns(fd, (int)step->number);
}

int fx_run_unshare(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    unsigned int wanted = (unsigned int)step->number, born = frame->plan->birth_flags;
    (void)index;
    /* One that is not born so can only be told why not. */
    if (born && !frame->born_unshared)
        return frame->birth_code < 0 ? frame->birth_code : -ENOTSUP;
    return wanted == born ? 0 : fx_sys_unshare(wanted & ~born);
}

static int write_own(const char *path, const char *text) {
    return fx_sys_write_own(path, text, strlen(text));
}

/*
 * Where no parent waits for it. From inside, nobody may map more than one id of his own, and
 * a group only when setgroups(2) is denied.
 */
static int write_own_maps(const struct fx_plan *plan, int *index) {
    *index = 0;
    int result = plan->uid_map ? write_own("/proc/self/uid_map", plan->uid_map) : 0;
    if (result < 0 || !plan->gid_map)
        return result;
    *index = 1;
    result = write_own("/proc/self/setgroups", "deny");
    return result < 0 ? result : write_own("/proc/self/gid_map", plan->gid_map);
}

int fx_run_id_maps(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    struct fx_maps_answer answer;
    (void)step;
    if (frame->release < 0)
        return write_own_maps(frame->plan, index);
    /* With an end of its own it would wait for ever for a parent that has died. */
    (void)fx_sys_close(frame->release_far);
    if (!fx_child_tell_progress(frame, FX_PROGRESS_MAPS))
        return -EIO;
    int result = fx_sys_receive(frame->release, &answer, sizeof answer);
    if (result < 0)
        return result;
    if (result != (int)sizeof answer)
        return -ECANCELED;
    *index = answer.index;
    return answer.code;
}
