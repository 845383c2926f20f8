/* SPDX-License-Identifier: MIT
 *
 * A child on shared memory. The kernel lets this thread sleep until the child has called execve or
 * has ended, so its report stands in the frame when the call returns.
 */
#include <signal.h>

#include "launch.h"
#include "platform/platform.h"

static pid_t make(struct fx_launch *launch, fx_mechanism mechanism) {
    struct fx_clone_request request = {
        .run = fx_child_run,
        .argument = &launch->frame,
        .pidfd = !launch->plan->without_pidfd,
        .clear_handlers = mechanism == FX_MECHANISM_CLONE3,
        .share_table = fx_table_is_shared(launch),
        .exit_signal = SIGCHLD,
    };
    launch->frame.handlers_cleared = request.clear_handlers;
    launch->frame.shares_memory = true;
    return fx_platform_clone(mechanism, &request, &launch->pidfd);
}

/* The child that was refused has done nothing but end; another is born with its own table. */
static pid_t make_again(struct fx_launch *launch, fx_mechanism mechanism) {
    siginfo_t info;
    fx_launch_reap(launch, &info);
    launch->frame.report.progress = FX_PROGRESS_NONE;
    launch->frame.table_end = 0;
    return make(launch, mechanism);
}

pid_t fx_launch_shared(struct fx_launch *launch, fx_mechanism mechanism) {
    launch->pid = make(launch, mechanism);
    if (launch->pid > 0 && fx_table_was_refused(launch))
        launch->pid = make_again(launch, mechanism);
    return launch->pid;
}
