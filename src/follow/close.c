/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <unistd.h>

#include "follow.h"

static void close_end(int *fd) {
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

void fx_child_close(fx_child *child) {
    int saved = errno;
    /* An all-zero handle was never filled: its zeros are no descriptors. */
    if (!child || child->pid == 0)
        return;
    close_end(&child->pidfd);
    for (int number = 0; number < 3; number++)
        close_end(&child->stdio[number]);
    child->pid = 0;
    errno = saved;
}
