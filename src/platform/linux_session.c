/* SPDX-License-Identifier: MIT */
#include "session.h"

#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "checked.h"

int fx_sys_take_terminal(int fd) {
    /* 1 would let root take it away from another session. */
    return checked(syscall(SYS_ioctl, (long)fd, (long)TIOCSCTTY, 0L));
}

int fx_sys_take_foreground(int fd) {
    int group = checked(syscall(SYS_getpgid, 0L));
    if (group < 0)
        return group;
    return checked(syscall(SYS_ioctl, (long)fd, (long)TIOCSPGRP, &group));
}
