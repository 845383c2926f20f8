/* SPDX-License-Identifier: MIT
 *
 * Making, waiting for and signalling children in the parent, on Linux.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "deadline.h"
#include "platform.h"
#include "wait_timeout.h"

#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#define WAIT_BY_PIDFD 3

int fx_platform_pidfd_open(pid_t pid) {
    int result = (int)syscall(SYS_pidfd_open, (long)pid, 0L);
    return result < 0 ? -errno : result;
}

int fx_platform_pidfd_signal(int pidfd, int signal) {
    return syscall(SYS_pidfd_send_signal, (long)pidfd, (long)signal, 0L, 0L) < 0 ? -errno : 0;
}

int fx_platform_bell(int ends[2]) {
    ends[0] = ends[1] = eventfd(0, EFD_CLOEXEC);
    return ends[0] < 0 ? -errno : 0;
}

int fx_platform_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC) < 0 ? -errno : 0; }

/* The raw call, which is no cancellation point, until it is not interrupted. */
static int wait_id(int type, int id, siginfo_t *info, struct rusage *usage, int options) {
    for (;;) {
        memset(info, 0, sizeof *info);
        if (syscall(SYS_waitid, (long)type, (long)id, info, (long)options, usage) == 0)
            return 0;
        if (errno != EINTR)
            return -errno;
    }
}

int fx_platform_wait_silent(pid_t pid) {
    siginfo_t info;
    return wait_id(P_PID, pid, &info, NULL, WEXITED | __WALL);
}

/* Readable when the child has ended; -ETIMEDOUT if it has not in time. */
static int wait_readable(int pidfd, int timeout) {
    struct fx_deadline deadline = fx_deadline_after(timeout);
    for (;;) {
        struct pollfd polled = {.fd = pidfd, .events = POLLIN};
        int ready = poll(&polled, 1, fx_deadline_left(&deadline));
        if (ready > 0)
            return 0;
        if (ready == 0)
            return -ETIMEDOUT;
        if (errno != EINTR && errno != EAGAIN)
            return -errno;
    }
}

static int wait_now(int type, int id, siginfo_t *info, struct rusage *usage, int reap) {
    int result = wait_id(type, id, info, usage, WEXITED | WNOHANG | reap);
    if (result < 0)
        return result;
    return info->si_pid == 0 ? -ETIMEDOUT : 0;
}

long fx_platform_resident_unit(void) { return 1024; }

int fx_platform_wait(pid_t pid, int pidfd, int timeout, bool reap, siginfo_t *info,
                     struct rusage *usage) {
    int keep = reap ? 0 : WNOWAIT;
    if (pidfd < 0) {
        if (timeout < 0)
            return wait_id(P_PID, pid, info, usage, WEXITED | keep);
        if (timeout == 0)
            return wait_now(P_PID, pid, info, usage, keep);
        return fx_wait_timeout(pid, timeout, reap, info, usage);
    }

    if (timeout > 0) {
        int result = wait_readable(pidfd, timeout);
        if (result < 0)
            return result;
    }
    int result = timeout < 0 ? wait_id(WAIT_BY_PIDFD, pidfd, info, usage, WEXITED | keep)
                             : wait_now(WAIT_BY_PIDFD, pidfd, info, usage, keep);
    /* A pidfd of Linux 5.2 or 5.3 that waitid does not know yet: the pid is as good, it is
     * unreaped. */
    if (result == -EINVAL)
        result = timeout < 0 ? wait_id(P_PID, pid, info, usage, WEXITED | keep)
                             : wait_now(P_PID, pid, info, usage, keep);
    return result;
}
