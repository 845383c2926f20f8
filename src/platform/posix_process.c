/* SPDX-License-Identifier: MIT
 *
 * Making and waiting for children where there is only POSIX: fork, and waiting by pid.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform.h"
#include "wait_look.h"
#include "wait_timeout.h"

bool fx_platform_shares_memory(void) { return false; }

bool fx_platform_shares_table(void) { return false; }

pid_t fx_platform_thread(void) { return 0; }

int fx_platform_placeholder(void) { return -ENOSYS; }

bool fx_platform_is_copy(int fd, int other) {
    (void)fd;
    (void)other;
    return false;
}

pid_t fx_platform_clone(fx_mechanism mechanism, const struct fx_clone_request *request,
                        int *pidfd) {
    (void)mechanism;
    (void)request;
    (void)pidfd;
    return -ENOSYS;
}

int fx_platform_wait_silent(pid_t pid) {
    (void)pid;
    return -ENOSYS;
}

int fx_platform_pidfd_open(pid_t pid) {
    (void)pid;
    return -ENOSYS;
}

int fx_platform_pidfd_signal(int pidfd, int signal) {
    (void)pidfd;
    (void)signal;
    return -ENOSYS;
}

int fx_platform_pipe(int ends[2]) {
#ifdef FX_HAVE_PIPE2
    return pipe2(ends, O_CLOEXEC) < 0 ? -errno : 0;
#else
    /*
     * Not atomic: a child that another thread forks between the calls, by other means than
     * this library, inherits the ends. The system offers nothing better.
     */
    int error;
    if (pipe(ends) < 0)
        return -errno;
    if (fcntl(ends[0], F_SETFD, FD_CLOEXEC) < 0 || fcntl(ends[1], F_SETFD, FD_CLOEXEC) < 0)
        goto fail;
    return 0;
fail:
    error = errno;
    (void)close(ends[0]);
    (void)close(ends[1]);
    return -error;
#endif
}

int fx_platform_bell(int ends[2]) { return fx_platform_pipe(ends); }

/* It is bytes on macOS, and 1,024 of them on the BSDs. */
long fx_platform_resident_unit(void) {
#ifdef __APPLE__
    return 1;
#else
    return 1024;
#endif
}

int fx_platform_wait(pid_t pid, int pidfd, int timeout, bool reap, siginfo_t *info,
                     struct rusage *usage) {
    (void)pidfd;
    if (timeout >= 0)
        return fx_wait_timeout(pid, timeout, reap, info, usage);
    return fx_wait_once(pid, 0, reap, info, usage);
}
