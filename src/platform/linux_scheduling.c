/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "checked.h"
#include "containment.h"
#include "platform.h"
#include "scheduling.h"

#ifndef SYS_sched_setattr
#define SYS_sched_setattr -1
#endif

/* ---- limits ---- */

int fx_sys_get_limit(int resource, struct fx_bounds *bounds) {
    uint64_t old[2];
    int result = checked(syscall(SYS_prlimit64, 0L, (long)resource, 0L, old));
    if (result == 0)
        *bounds = (struct fx_bounds){.soft = old[0], .hard = old[1]};
    return result;
}

int fx_sys_set_limit(int resource, const struct fx_bounds *bounds) {
    /* The kernel's "unlimited" is all ones, as ours is. */
    const uint64_t new[2] = {bounds->soft, bounds->hard};
    return checked(syscall(SYS_prlimit64, 0L, (long)resource, new, 0L));
}

/* ---- scheduling ---- */

int fx_sys_get_nice(int *nice) {
    /* The call itself returns 20 minus the nice value, so that no result is negative. */
    int result = checked(syscall(SYS_getpriority, (long)PRIO_PROCESS, 0L));
    if (result < 0)
        return result;
    *nice = 20 - result;
    return 0;
}

int fx_sys_set_nice(int nice) {
    return checked(syscall(SYS_setpriority, (long)PRIO_PROCESS, 0L, (long)nice));
}

/* struct sched_attr of the first version, which every kernel with the call takes. */
struct attributes {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period;
};
enum { RESET_ON_FORK = 1 };

int fx_sys_schedule(const fx_scheduling *scheduling) {
    struct attributes attributes = {
        .size = sizeof attributes,
        .policy = (uint32_t)scheduling->policy,
        .flags = scheduling->reset_on_fork ? RESET_ON_FORK : 0,
        .priority = (uint32_t)scheduling->priority,
        .runtime = scheduling->runtime,
        .deadline = scheduling->deadline,
        .period = scheduling->period,
    };
    /* With a policy that has nice values the call sets one, too: the one there is. */
    int result = fx_sys_get_nice(&attributes.nice);
    return result < 0 ? result : checked(syscall(SYS_sched_setattr, 0L, &attributes, 0L));
}

int fx_sys_set_affinity(const unsigned long *mask, size_t size) {
    return checked(syscall(SYS_sched_setaffinity, 0L, size, mask));
}

int fx_sys_set_io_priority(fx_io_class io_class, int level) {
    enum { WHO_PROCESS = 1, CLASS_SHIFT = 13 };
    long priority = (long)io_class << CLASS_SHIFT | level;
    return checked(syscall(SYS_ioprio_set, (long)WHO_PROCESS, 0L, priority));
}

int fx_sys_set_timer_slack(unsigned long long nanoseconds) {
    return checked(
        syscall(SYS_prctl, (long)PR_SET_TIMERSLACK, (unsigned long)nanoseconds, 0L, 0L, 0L));
}

int fx_sys_set_oom_score_adj(const char *text, size_t size) {
    return fx_sys_write_own("/proc/self/oom_score_adj", text, size);
}

int fx_sys_alarm(unsigned int seconds) {
    /* The kernel's struct of two intervals, each of two of its longs. */
    const long timer[4] = {0, 0, (long)seconds, 0};
    return checked(syscall(SYS_setitimer, (long)ITIMER_REAL, timer, 0L));
}
