/* SPDX-License-Identifier: MIT */
#ifndef FX_PLATFORM_WAIT_LOOK_H
#define FX_PLATFORM_WAIT_LOOK_H

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>

/* waitid(2) tells the end without taking it, and wait4(2) what was used, but takes it: one after
 * the other. */
static inline int fx_wait_once(pid_t pid, int options, bool reap, siginfo_t *info,
                               struct rusage *usage) {
    if (usage)
        memset(usage, 0, sizeof *usage);
    for (;;) {
        memset(info, 0, sizeof *info);
        if (waitid(P_PID, (id_t)pid, info, WEXITED | options | WNOWAIT) == 0)
            break;
        if (errno != EINTR)
            return -errno;
    }
    if (!reap || info->si_pid == 0)
        return 0;
    while (wait4(pid, NULL, 0, usage) < 0)
        if (errno != EINTR)
            return -errno;
    return 0;
}

/* Whether a child has ended, without waiting: -ETIMEDOUT if it has not. */
static inline int fx_wait_look(pid_t pid, bool reap, siginfo_t *info, struct rusage *usage) {
    int result = fx_wait_once(pid, WNOHANG, reap, info, usage);
    return result == 0 && info->si_pid == 0 ? -ETIMEDOUT : result;
}

#endif
