/* SPDX-License-Identifier: MIT
 *
 * A child on shared memory. The kernel lets this thread sleep until the child has called execve or
 * has ended, so its report stands in the frame when the call returns.
 */
#include <signal.h>

#include "launch.h"
#include "leash.h"
#include "platform/platform.h"

static pid_t make(struct fx_launch *launch, fx_mechanism mechanism) {
    struct fx_clone_request request = {
        .run = fx_child_run,
        .argument = &launch->frame,
        .pidfd = !launch->plan->without_pidfd,
        .clear_handlers = mechanism == FX_MECHANISM_CLONE3,
        .share_table = fx_table_is_shared(launch),
        .place = fx_leash_place(launch),
        .exit_signal = SIGCHLD,
    };
    if (launch->plan->cgroup >= 0 || launch->plan->birth_flags)
        fx_birth_ask(launch, mechanism, &request);
    launch->frame.handlers_cleared = request.clear_handlers;
    launch->frame.shares_memory = true;
    launch->frame.table_state = FX_TABLE_SHARED;
    launch->frame.report.progress = FX_PROGRESS_NONE;
    pid_t pid;
    do {
        pid = fx_leash_before(launch, FX_LEASH_BEARING);
        if (pid == 0)
            pid = fx_platform_clone(mechanism, &request, &launch->pidfd);
        fx_leash_after(launch, pid);
    } while (pid < 0 && fx_birth_ask_less(launch, &request, pid));
    return pid;
}

/* Whether another child is to be made in the place of one that has done nothing but end. */
static bool prepare_another(struct fx_launch *launch) {
    siginfo_t info;
    enum fx_table_failure failure = fx_table_failure(launch);
    if (failure == FX_TABLE_NO_FAILURE && !fx_birth_was_deadly(launch))
        return false;
    fx_launch_reap(launch, &info);
    if (failure == FX_TABLE_NO_FAILURE)
        return true;
    if (failure == FX_TABLE_NOT_LEFT)
        fx_streams_stop_sharing(launch);
    else
        fx_streams_stop_fetching(launch);
    return true;
}

pid_t fx_launch_shared(struct fx_launch *launch, fx_mechanism mechanism) {
    do
        launch->pid = make(launch, mechanism);
    while (launch->pid > 0 && prepare_another(launch));
    return launch->pid;
}
