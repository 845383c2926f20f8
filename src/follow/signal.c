/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>

#include "follow.h"
#include "platform/platform.h"

static int send(const fx_child *child, int signal) {
    if (child->pidfd >= 0) {
        int result = fx_platform_pidfd_signal(child->pidfd, signal);
        if (result != -ENOSYS)
            return result;
    }
    /* Not reaped, so the number is still its own. */
    return kill(child->pid, signal) < 0 ? -errno : 0;
}

int fx_signal(fx_child *child, int signal) {
    int saved = errno;
    if (!child || child->pid <= 0)
        return -ESRCH;
    fx_child_lock(child);
    int result = child->reaped ? -ESRCH : send(child, signal);
    fx_child_unlock(child);
    if (result == 0)
        errno = saved;
    return result;
}
