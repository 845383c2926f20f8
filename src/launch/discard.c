/* SPDX-License-Identifier: MIT */
#include <signal.h>

#include "launch.h"
#include "platform/platform.h"

void fx_discard(fx_child *child) {
    siginfo_t info;
    /* Nobody has had the handle, so it is unreaped and the number its own. */
    (void)kill(child->pid, SIGKILL);
    (void)fx_platform_wait(child->pid, child->pidfd, -1, true, &info, NULL);
    fx_close_if_open(&child->pidfd);
    for (int number = 0; number < 3; number++)
        fx_close_if_open(&child->stdio[number]);
}
