/* SPDX-License-Identifier: MIT */
#include "exec.h"

#include <errno.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include "checked.h"

int fx_sys_execute_open(int fd, char *const *argv, char *const *environment) {
#ifdef FX_HAVE_FEXECVE
    return checked(fexecve(fd, argv, environment));
#else
    (void)fd;
    (void)argv;
    (void)environment;
    return -ENOTSUP;
#endif
}

int fx_platform_executes_open(void) {
#ifdef FX_HAVE_FEXECVE
    return 0;
#else
    return -ENOTSUP;
#endif
}

int fx_sys_read(int fd, void *data, size_t size) { return checked(read(fd, data, size)); }

int fx_sys_wait_readable(int fd) {
    struct pollfd polled = {.fd = fd, .events = POLLIN};
    return checked(poll(&polled, 1, -1));
}

int fx_sys_sleep(unsigned int milliseconds) {
    const struct timespec time = {.tv_nsec = (long)milliseconds * 1000000};
    return checked(nanosleep(&time, NULL));
}

int fx_sys_trace_me(void) { return -ENOTSUP; }

pid_t fx_sys_process(void) { return getpid(); }
