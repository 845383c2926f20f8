/* SPDX-License-Identifier: MIT
 *
 * A child is reaped once, and after that its number may be another's. Through a pidfd the
 * kernel sees to that. By pid we do: whoever reaps or signals holds the handle's lock, and
 * only for calls that do not wait.
 */
#include <errno.h>
#include <pthread.h>
#include <sys/wait.h>

#include "follow.h"
#include "platform/deadline.h"
#include "platform/platform.h"
#include "sized.h"

static long long nanoseconds(const struct timeval *time) {
    return time->tv_sec * 1000000000LL + time->tv_usec * 1000LL;
}

static fx_usage usage_of(const struct rusage *usage) {
    return (fx_usage){
        .user_time = nanoseconds(&usage->ru_utime),
        .system_time = nanoseconds(&usage->ru_stime),
        .max_resident = (long long)usage->ru_maxrss * fx_platform_resident_unit(),
        .minor_faults = usage->ru_minflt,
        .major_faults = usage->ru_majflt,
        .block_inputs = usage->ru_inblock,
        .block_outputs = usage->ru_oublock,
        .voluntary_switches = usage->ru_nvcsw,
        .involuntary_switches = usage->ru_nivcsw,
    };
}

/* It is as long as it was when its end was first seen. */
static void stop_clock(fx_child *child) {
    if (child->end.duration == 0)
        child->end.duration = fx_now_nanoseconds() - child->started;
}

void fx_child_stop_clock(fx_child *child) {
    fx_child_lock(child);
    stop_clock(child);
    fx_child_unlock(child);
}

static void note_exit(fx_child *child, const siginfo_t *info, const struct rusage *usage) {
    stop_clock(child);
    fx_exit end = {
        .size = sizeof end, .code = -1, .duration = child->end.duration, .usage = usage_of(usage)};
    if (info->si_code == CLD_EXITED)
        end.code = info->si_status;
    else
        end.signal = info->si_status;
    end.core_dumped = info->si_code == CLD_DUMPED;
    child->end = end;
}

/* Take the status of a child that is known to have ended, unless another thread just has. */
static int take_status(fx_child *child, bool reap) {
    siginfo_t info;
    struct rusage usage;
    fx_child_lock(child);
    int result = 0;
    if (!child->reaped) {
        result = fx_platform_wait(child->pid, child->pidfd, 0, reap, &info, &usage);
        if (result == 0) {
            note_exit(child, &info, &usage);
            child->reaped = reap;
        }
    }
    fx_child_unlock(child);
    return result;
}

/*
 * The pidfd keeps the number from meaning another process, so one call can sleep and reap. A second
 * waiter that finds nothing left must not say so before the first has stored what it took.
 */
static int reap_through_pidfd(fx_child *child) {
    siginfo_t info;
    struct rusage usage;
    __atomic_add_fetch(&child->reapers, 1, __ATOMIC_ACQ_REL);
    int result = fx_platform_wait(child->pid, child->pidfd, -1, true, &info, &usage);
    if (result == 0) {
        fx_child_lock(child);
        note_exit(child, &info, &usage);
        child->reaped = 1;
        fx_child_unlock(child);
    }
    __atomic_sub_fetch(&child->reapers, 1, __ATOMIC_ACQ_REL);
    while (result == -ECHILD && __atomic_load_n(&child->reapers, __ATOMIC_ACQUIRE) > 0)
        (void)sched_yield();
    return result;
}

/* Sleep until it has ended; it stays a zombie, so that the lock need not be held meanwhile. */
static int sleep_until_end(fx_child *child, int timeout) {
    siginfo_t info;
    return timeout == 0 ? 0
                        : fx_platform_wait(child->pid, child->pidfd, timeout, false, &info, NULL);
}

static int wait_child(fx_child *child, int timeout, bool reap, fx_exit *end) {
    fx_child_lock(child);
    bool reaped = child->reaped;
    fx_child_unlock(child);
    if (!reaped) {
        bool through_pidfd = timeout < 0 && reap && child->pidfd >= 0;
        int result = through_pidfd ? reap_through_pidfd(child) : sleep_until_end(child, timeout);
        /* ECHILD may mean that a second waiter, in another thread, was quicker. */
        if (result == -ECHILD || (result == 0 && !through_pidfd))
            result = take_status(child, reap);
        if (result < 0)
            return result;
    }
    if (end)
        fx_copy_out(&child->end, sizeof child->end, end);
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
