/* SPDX-License-Identifier: MIT */
#include "exec.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "checked.h"

#ifndef AT_EMPTY_PATH
#define AT_EMPTY_PATH 0x1000
#endif

int fx_sys_execute_open(int fd, char *const *argv, char *const *environment) {
#ifdef SYS_execveat
    return checked(syscall(SYS_execveat, (long)fd, "", argv, environment, (long)AT_EMPTY_PATH));
#else
    (void)fd;
    (void)argv;
    (void)environment;
    return -ENOSYS;
#endif
}

int fx_platform_executes_open(void) {
    static char *const nothing[] = {NULL};
    int saved = errno;
    /* No descriptor can be this one, so that a kernel that knows the call answers EBADF. */
    int result = fx_sys_execute_open(-1, nothing, nothing);
    errno = saved;
    return result == -ENOSYS || result == -EPERM ? result : 0;
}

int fx_sys_read(int fd, void *data, size_t size) {
    return checked(syscall(SYS_read, (long)fd, data, size));
}

int fx_sys_wait_readable(int fd) {
    struct pollfd polled = {.fd = fd, .events = POLLIN};
    return checked(syscall(SYS_ppoll, &polled, 1L, 0L, 0L, 0L));
}

int fx_sys_sleep(unsigned int milliseconds) {
    const long nanoseconds = (long)milliseconds * 1000000;
#ifdef SYS_clock_nanosleep_time64
    const int64_t wide[2] = {0, nanoseconds};
    int result = checked(syscall(SYS_clock_nanosleep_time64, (long)CLOCK_MONOTONIC, 0L, wide, 0L));
    if (result != -ENOSYS)
        return result;
#endif
#ifdef SYS_nanosleep
    const long time[2] = {0, nanoseconds};
    return checked(syscall(SYS_nanosleep, time, 0L));
#else
    return -ENOSYS;
#endif
}

int fx_sys_trace_me(void) { return checked(syscall(SYS_ptrace, (long)PTRACE_TRACEME, 0L, 0L, 0L)); }

pid_t fx_sys_process(void) { return (pid_t)syscall(SYS_getpid); }
