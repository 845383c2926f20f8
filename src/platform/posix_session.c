/* SPDX-License-Identifier: MIT */
#include "session.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "checked.h"

int fx_sys_take_terminal(int fd) {
#ifdef TIOCSCTTY
    return checked(ioctl(fd, TIOCSCTTY, 0));
#else
    (void)fd;
    return -ENOTSUP;
#endif
}

int fx_sys_take_foreground(int fd) { return checked(tcsetpgrp(fd, getpgrp())); }
