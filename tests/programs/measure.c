/* SPDX-License-Identifier: MIT
 *
 * Tells its limits and how it is scheduled, one `key value` a line.
 */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#ifdef __GLIBC__
typedef __rlimit_resource_t limited_resource;
#else
typedef int limited_resource;
#endif

/* Unlimited is -1. */
static void tell_limits(void) {
    for (int resource = 0; resource < (int)RLIM_NLIMITS; resource++) {
        struct rlimit limit;
        if (getrlimit((limited_resource)resource, &limit) == 0)
            (void)printf("limit %d %lld %lld\n", resource, (long long)limit.rlim_cur,
                         (long long)limit.rlim_max);
    }
}

/* struct sched_attr; libc has it only since lately. */
static void tell_scheduling(void) {
    struct {
        unsigned int size, policy;
        unsigned long long flags;
        int nice;
        unsigned int priority;
        unsigned long long runtime, deadline, period;
    } attributes = {0};
    if (syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0) < 0)
        exit(1);
    (void)printf("policy %u %u %llu\n", attributes.policy, attributes.priority, attributes.flags);
    (void)printf("deadline %llu %llu %llu\n", attributes.runtime, attributes.deadline,
                 attributes.period);
    (void)printf("nice %d\n", getpriority(PRIO_PROCESS, 0));
}

static void tell_affinity(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) < 0)
        exit(1);
    (void)printf("cpus");
    for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, &set))
            (void)printf(" %zu", cpu);
    (void)printf("\n");
}

static void tell_file(const char *key, const char *path) {
    char line[64] = "?\n";
    FILE *file = fopen(path, "re");
    if (file && !fgets(line, sizeof line, file))
        exit(1);
    (void)printf("%s %s", key, line);
}

int main(void) {
    struct itimerval timer = {0};
    tell_limits();
    tell_scheduling();
    tell_affinity();
    (void)printf("io %ld %ld\n", syscall(SYS_ioprio_get, 1, 0) >> 13,
                 syscall(SYS_ioprio_get, 1, 0) & 0x1fff);
    tell_file("slack", "/proc/self/timerslack_ns");
    tell_file("oom", "/proc/self/oom_score_adj");
    (void)getitimer(ITIMER_REAL, &timer);
    (void)printf("alarm %d\n", timer.it_value.tv_sec > 0 || timer.it_value.tv_usec > 0);
    return 0;
}
