/* SPDX-License-Identifier: MIT
 */
#include "set_up.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

char *const set_up_environment[] = {
    "PATH=/usr/local/bin:/usr/bin:/bin",
    "HOME=/root",
    "LANG=C.UTF-8",
    "USER=worker",
    "SHELL=/bin/sh",
    "TERM=dumb",
    "TMPDIR=/tmp",
    "PWD=/usr",
    "LOGNAME=worker",
    "JOB=measure",
    NULL,
};

int pipes_open(struct pipes *pipes) {
    for (int i = 0; i < 3; i++) {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) < 0)
            return -errno;
        pipes->child[i] = ends[i ? 1 : 0];
        pipes->parent[i] = ends[i ? 0 : 1];
    }
    return 0;
}

void pipes_close(const int *ends) {
    for (int i = 0; i < 3; i++)
        (void)close(ends[i]);
}
