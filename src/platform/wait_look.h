/* SPDX-License-Identifier: MIT */
#ifndef FX_PLATFORM_WAIT_LOOK_H
#define FX_PLATFORM_WAIT_LOOK_H

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>

/* Whether a child has ended, without waiting: -ETIMEDOUT if it has not. */
static inline int fx_wait_look(pid_t pid, bool reap, siginfo_t *info) {
    for (;;) {
        memset(info, 0, sizeof *info);
        if (waitid(P_PID, (id_t)pid, info, WEXITED | WNOHANG | (reap ? 0 : WNOWAIT)) == 0)
            return info->si_pid == 0 ? -ETIMEDOUT : 0;
        if (errno != EINTR)
            return -errno;
    }
}

#endif
