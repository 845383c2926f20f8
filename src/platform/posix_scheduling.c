/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <sys/resource.h>
#include <unistd.h>

#include "platform.h"
#include "scheduling.h"

/* glibc's resource is an enumeration, which C lets an int be, and C++ and some warnings do not. */
#ifdef __GLIBC__
typedef __rlimit_resource_t limited_resource;
#else
typedef int limited_resource;
#endif

static unsigned long long from_system(rlim_t bound) {
    return bound == RLIM_INFINITY ? FX_UNLIMITED : (unsigned long long)bound;
}

static rlim_t to_system(unsigned long long bound) {
    return bound == FX_UNLIMITED ? RLIM_INFINITY : (rlim_t)bound;
}

int fx_sys_get_limit(int resource, struct fx_bounds *bounds) {
    struct rlimit limit;
    if (getrlimit((limited_resource)resource, &limit) < 0)
        return -errno;
    *bounds = (struct fx_bounds){from_system(limit.rlim_cur), from_system(limit.rlim_max)};
    return 0;
}

int fx_sys_set_limit(int resource, const struct fx_bounds *bounds) {
    const struct rlimit limit = {.rlim_cur = to_system(bounds->soft),
                                 .rlim_max = to_system(bounds->hard)};
    return setrlimit((limited_resource)resource, &limit) < 0 ? -errno : 0;
}

int fx_sys_get_nice(int *nice) {
    /* -1 is a nice value, too. */
    errno = 0;
    *nice = getpriority(PRIO_PROCESS, 0);
    return *nice == -1 && errno ? -errno : 0;
}

int fx_sys_set_nice(int nice) { return setpriority(PRIO_PROCESS, 0, nice) < 0 ? -errno : 0; }

int fx_sys_schedule(const fx_scheduling *scheduling) {
    (void)scheduling;
    return -ENOSYS;
}

int fx_sys_set_affinity(const unsigned long *mask, size_t size) {
    (void)mask;
    (void)size;
    return -ENOSYS;
}

int fx_sys_set_io_priority(fx_io_class io_class, int level) {
    (void)io_class;
    (void)level;
    return -ENOSYS;
}

int fx_sys_set_timer_slack(unsigned long long nanoseconds) {
    (void)nanoseconds;
    return -ENOSYS;
}

int fx_sys_set_oom_score_adj(const char *text, size_t size) {
    (void)text;
    (void)size;
    return -ENOSYS;
}

int fx_sys_alarm(unsigned int seconds) {
    (void)alarm(seconds);
    return 0;
}
