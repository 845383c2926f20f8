/* SPDX-License-Identifier: MIT
 *
 * A child on shared memory. The kernel lets this thread sleep until the child has called execve or
 * has ended, so its report stands in the frame when the call returns.
 */
#include <signal.h>

#include "launch.h"
#include "platform/platform.h"

pid_t fx_launch_shared(struct fx_launch *launch, fx_mechanism mechanism) {
    struct fx_clone_request request = {
        .run = fx_child_run,
        .argument = &launch->frame,
        .pidfd = !launch->plan->without_pidfd,
        .clear_handlers = mechanism == FX_MECHANISM_CLONE3,
        .exit_signal = SIGCHLD,
    };
    launch->frame.handlers_cleared = request.clear_handlers;
    return fx_platform_clone(mechanism, &request, &launch->pidfd);
}
