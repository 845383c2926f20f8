/* SPDX-License-Identifier: MIT
 *
 * The child's system calls on Linux, without libc's wrappers around them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "checked.h"
#include "platform.h"

/* 16-bit ids under the plain names on the oldest architectures. */
#ifdef SYS_setgroups32
#define NR_SETGROUPS SYS_setgroups32
#define NR_SETRESGID SYS_setresgid32
#define NR_SETRESUID SYS_setresuid32
#else
#define NR_SETGROUPS SYS_setgroups
#define NR_SETRESGID SYS_setresgid
#define NR_SETRESUID SYS_setresuid
#endif

#ifdef SYS_fcntl64
#define NR_FCNTL SYS_fcntl64
#else
#define NR_FCNTL SYS_fcntl
#endif

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef SYS_pidfd_getfd
#define SYS_pidfd_getfd 438
#endif
/* Linux 6.9; EINVAL before. */
#define PIDFD_THREAD O_EXCL

int fx_sys_close(int fd) {
    /* EINTR is no failure here: Linux has released the descriptor before it sleeps. */
    int result = checked(syscall(SYS_close, (long)fd));
    return result == -EINTR ? 0 : result;
}

static int dup_with(int from, int to, int flags) {
    int result;
    /* EBUSY: another thread's open() is about to use this number. Possible on shared tables only.
     */
    do
        result = checked(syscall(SYS_dup3, (long)from, (long)to, (long)flags));
    while (result == -EINTR || result == -EBUSY);
    return result;
}

int fx_sys_dup_to(int from, int to) { return dup_with(from, to, 0); }

int fx_sys_replace(int from, int to) { return dup_with(from, to, O_CLOEXEC); }

int fx_sys_dup_above(int from, int minimum) {
    return checked(syscall(NR_FCNTL, (long)from, (long)F_DUPFD_CLOEXEC, (long)minimum));
}

int fx_sys_descriptor_flags(int fd) {
    return checked(syscall(NR_FCNTL, (long)fd, (long)F_GETFD, 0L));
}

int fx_sys_make_inheritable(int fd) {
    return checked(syscall(NR_FCNTL, (long)fd, (long)F_SETFD, 0L));
}

int fx_sys_poll_now(struct pollfd *descriptors, size_t count) {
    /* All zero is "no time" in both the 32-bit and the 64-bit layout of timespec. */
    const int64_t no_time[2] = {0, 0};
    return checked(syscall(SYS_ppoll, descriptors, (long)count, no_time, 0L, 0L));
}

int fx_sys_descriptor_limit(void) {
    uint64_t limit[2] = {0, 0};
    int result = checked(syscall(SYS_prlimit64, 0L, (long)RLIMIT_NOFILE, 0L, limit));
    if (result < 0)
        return result;
    /* Descriptors can lie above a lowered soft limit; the kernel's own bound is fs.nr_open. */
    uint64_t highest = limit[0] > limit[1] ? limit[0] : limit[1];
    return highest > INT32_MAX ? INT32_MAX : (int)highest;
}

int fx_sys_open_thread(pid_t process, pid_t thread) {
    /* Born into another pid namespace, the child would take the number for somebody else's. */
    if (syscall(SYS_getppid) != process)
        return -EPERM;
    /* Of the process it would be the first thread's table, which need not be that of ours. */
    return checked(syscall(SYS_pidfd_open, (long)thread, (long)PIDFD_THREAD));
}

int fx_sys_fetch(int opened_thread, int fd) {
    return checked(syscall(SYS_pidfd_getfd, (long)opened_thread, (long)fd, 0L));
}

int fx_sys_write(int fd, const void *data, size_t size) {
    return checked(syscall(SYS_write, (long)fd, data, size));
}

int fx_sys_setsid(void) { return checked(syscall(SYS_setsid)); }

int fx_sys_setpgid(pid_t group) { return checked(syscall(SYS_setpgid, 0L, (long)group)); }

int fx_sys_setgroups(size_t count, const gid_t *list) {
    return checked(syscall(NR_SETGROUPS, count, list));
}

int fx_sys_setgid(gid_t group) {
    return checked(syscall(NR_SETRESGID, (long)group, (long)group, (long)group));
}

int fx_sys_setuid(uid_t user) {
    return checked(syscall(NR_SETRESUID, (long)user, (long)user, (long)user));
}

int fx_sys_umask(mode_t mask) {
    (void)syscall(SYS_umask, (long)mask);
    return 0;
}

int fx_sys_chdir(const char *path) { return checked(syscall(SYS_chdir, path)); }

int fx_sys_fchdir(int fd) { return checked(syscall(SYS_fchdir, (long)fd)); }

int fx_sys_execve(const char *path, char *const *argv, char *const *environment) {
    return checked(syscall(SYS_execve, path, argv, environment));
}

_Noreturn void fx_sys_exit(int status) {
    for (;;)
        (void)syscall(SYS_exit_group, (long)status);
}
