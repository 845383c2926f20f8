/* SPDX-License-Identifier: MIT
 *
 * A child is reaped once, and after that its number may be another's. Through a pidfd the
 * kernel sees to that. By pid we do: whoever reaps or signals holds the handle's lock, and
 * only for calls that do not wait.
 */
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/wait.h>

#include "follow.h"
#include "platform/platform.h"

static fx_exit exit_of(const siginfo_t *info) {
    fx_exit end = {.size = sizeof end, .code = -1};
    if (info->si_code == CLD_EXITED)
        end.code = info->si_status;
    else
        end.signal = info->si_status;
    end.core_dumped = info->si_code == CLD_DUMPED;
    return end;
}

static void copy_out(const fx_exit *end, fx_exit *target) {
    if (!target)
        return;
    size_t size = target->size;
    memcpy(target, end, size < sizeof *end ? size : sizeof *end);
    target->size = size;
}

/* Take the status of a child that is known to have ended, unless another thread just has. */
static int take_status(fx_child *child, bool reap, siginfo_t *info) {
    fx_child_lock(child);
    int result = 0;
    if (!child->reaped) {
        result = fx_platform_wait(child->pid, child->pidfd, 0, reap, info);
        if (result == 0) {
            child->end = exit_of(info);
            child->reaped = reap;
        }
    }
    fx_child_unlock(child);
    return result;
}

static int wait_child(fx_child *child, int timeout, bool reap, fx_exit *end) {
    siginfo_t info;
    fx_child_lock(child);
    bool reaped = child->reaped;
    fx_child_unlock(child);
    if (!reaped) {
        /* Sleeping leaves the child a zombie, so that nobody's lock is held meanwhile. */
        int result =
            timeout == 0 ? 0 : fx_platform_wait(child->pid, child->pidfd, timeout, false, &info);
        /* ECHILD here may mean that a second waiter, in another thread, was quicker. */
        if (result == 0 || result == -ECHILD)
            result = take_status(child, reap, &info);
        if (result < 0)
            return result;
    }
    copy_out(&child->end, end);
    return 0;
}

int fx_wait(fx_child *child, int timeout, unsigned int flags, fx_exit *end) {
    int saved = errno, cancel;
    if (!child || child->pid <= 0)
        return -ESRCH;
    if (flags & ~FX_WAIT_NO_REAP)
        return -EINVAL;
    (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
    int result = wait_child(child, timeout, !(flags & FX_WAIT_NO_REAP), end);
    (void)pthread_setcancelstate(cancel, &cancel);
    if (result == 0)
        errno = saved;
    return result;
}
