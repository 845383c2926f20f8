/* SPDX-License-Identifier: MIT
 *
 * The child's system calls where libc's own functions are the interface. Children are
 * made by fork here, so what these functions do with threads concerns no parent.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "checked.h"
#include "platform.h"

int fx_sys_close(int fd) {
    int result = checked(close(fd));
    /* Either it is closed, or POSIX leaves it unspecified: a second try could hit another's. */
    return result == -EINTR || result == -EINPROGRESS ? 0 : result;
}

int fx_sys_dup_to(int from, int to) {
    int result;
    do
        result = checked(dup2(from, to));
    while (result == -EINTR);
    return result;
}

int fx_sys_replace(int from, int to) {
    (void)from;
    (void)to;
    return -ENOSYS;
}

int fx_sys_dup_above(int from, int minimum) {
    return checked(fcntl(from, F_DUPFD_CLOEXEC, minimum));
}

int fx_sys_descriptor_flags(int fd) { return checked(fcntl(fd, F_GETFD)); }

int fx_sys_make_inheritable(int fd) { return checked(fcntl(fd, F_SETFD, 0)); }

int fx_sys_own_table(int end) {
    (void)end;
    return -ENOSYS;
}

int fx_sys_close_cut(int first, int end, const int *keep, size_t count) {
    (void)first;
    (void)end;
    (void)keep;
    (void)count;
    return -ENOSYS;
}

int fx_sys_open_thread(pid_t process, pid_t thread) {
    (void)process;
    (void)thread;
    return -ENOSYS;
}

int fx_sys_fetch(int opened_thread, int fd) {
    (void)opened_thread;
    (void)fd;
    return -ENOSYS;
}

int fx_sys_poll_now(struct pollfd *descriptors, size_t count) {
    return checked(poll(descriptors, (nfds_t)count, 0));
}

int fx_sys_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return -errno;
    /* Where there is no limit the kernel still has one; no system's default is above this. */
    const rlim_t unlimited = 1 << 20;
    rlim_t highest = limit.rlim_cur;
    if (limit.rlim_max != RLIM_INFINITY && limit.rlim_max > highest)
        highest = limit.rlim_max;
    if (highest == RLIM_INFINITY)
        highest = unlimited;
    return highest > INT_MAX ? INT_MAX : (int)highest;
}

int fx_sys_write(int fd, const void *data, size_t size) { return checked(write(fd, data, size)); }

int fx_sys_setsid(void) { return checked(setsid()); }

int fx_sys_setpgid(pid_t group) { return checked(setpgid(0, group)); }

int fx_sys_setgroups(size_t count, const gid_t *list) {
    /* At most NGROUPS_MAX by now, so it fits both. */
#ifdef __linux__
    return checked(setgroups(count, list));
#else
    return checked(setgroups((int)count, list));
#endif
}

int fx_sys_setgid(gid_t group) { return checked(setregid(group, group)); }

int fx_sys_setuid(uid_t user) { return checked(setreuid(user, user)); }

int fx_sys_umask(mode_t mask) {
    (void)umask(mask);
    return 0;
}

int fx_sys_chdir(const char *path) { return checked(chdir(path)); }

int fx_sys_fchdir(int fd) { return checked(fchdir(fd)); }

int fx_sys_execve(const char *path, char *const *argv, char *const *environment) {
    return checked(execve(path, argv, environment));
}

_Noreturn void fx_sys_exit(int status) { _exit(status); }
