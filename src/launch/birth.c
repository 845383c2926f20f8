/* SPDX-License-Identifier: MIT
 *
 * What a child is born with, and need not do itself: its cgroup, and the namespaces that nobody can
 * enter later. Where the kernel refuses that, it is for the child to do, or to fail at, in its
 * turn: so that the error names what was asked for, and what need not succeed is skipped.
 */
#include <errno.h>

#include "launch.h"
#include "platform/containment.h"

void fx_birth_ask(struct fx_launch *launch, fx_mechanism mechanism,
                  struct fx_clone_request *request) {
    const struct fx_plan *plan = launch->plan;
    if (plan->cgroup >= 0 && launch->held[plan->cgroup] >= 0) {
        request->cgroup = launch->held[plan->cgroup];
        request->into_cgroup = mechanism == FX_MECHANISM_CLONE3 && !launch->enters_cgroup;
    }
    request->namespaces = plan->birth_flags;
    launch->frame.born_in_cgroup = request->into_cgroup;
    launch->frame.born_unshared = plan->birth_flags != 0;
    launch->frame.birth_code = 0;
}

/* E2BIG: Linux 5.3 to 5.6. EBUSY: it has cgroups below it that control something. */
static bool refuses_cgroup(int code) {
    return fx_is_refusal(code) || code == -EBUSY || code == -EBADF || code == -ENODEV ||
           code == -ENOENT;
}

/* ENOSPC, EUSERS: as many, or as deep, as are allowed. */
static bool refuses_namespaces(int code) {
    return fx_is_refusal(code) || code == -ENOSPC || code == -EUSERS;
}

static void note_refused(struct fx_launch *launch, int code) {
    launch->frame.born_unshared = false;
    launch->frame.birth_code = code;
}

bool fx_birth_ask_less(struct fx_launch *launch, struct fx_clone_request *request, int code) {
    if (request->into_cgroup && refuses_cgroup(code)) {
        request->into_cgroup = launch->frame.born_in_cgroup = false;
        return true;
    }
    if (request->namespaces && refuses_namespaces(code)) {
        request->namespaces = 0;
        note_refused(launch, code);
        return true;
    }
    return false;
}

/*
 * Linux 6.14 to 6.18 at least kill whoever is born into a cgroup in which cgroup.kill was used
 * once: they compare its count of kills to that of the parent's. Who goes there by cgroup.procs
 * lives.
 */
bool fx_birth_was_deadly(struct fx_launch *launch) {
    if (!launch->frame.born_in_cgroup || launch->frame.report.progress != FX_PROGRESS_NONE ||
        !fx_launch_was_killed(launch))
        return false;
    launch->enters_cgroup = true;
    return true;
}

pid_t fx_birth_fork(struct fx_launch *launch) {
    const struct fx_plan *plan = launch->plan;
    launch->frame.born_in_cgroup = false;
    launch->frame.born_unshared = plan->birth_flags != 0;
    if (plan->birth_flags) {
        pid_t pid = fx_platform_fork_into(plan->birth_flags);
        if (pid >= 0 || !refuses_namespaces(pid))
            return pid;
        note_refused(launch, pid);
    }
    return fx_platform_fork(plan->callback.function != NULL);
}
