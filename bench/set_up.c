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

int pipes_open(struct pipes *pipes, int first) {
    for (int i = first; i < 3; i++) {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) < 0)
            return -errno;
        pipes->child[i] = ends[i ? 1 : 0];
        pipes->parent[i] = ends[i ? 0 : 1];
    }
    return 0;
}

void pipes_close(const int *ends, int first) {
    for (int i = first; i < 3; i++)
        (void)close(ends[i]);
}

static _Thread_local int handed_over[3];
static _Thread_local int first_handed_over = 3;

void pipes_hand_over(const struct pipes *pipes, int first) {
    for (int i = first; i < 3; i++)
        handed_over[i] = pipes->parent[i];
    first_handed_over = first;
}

void pipes_tidy(void) {
    pipes_close(handed_over, first_handed_over);
    first_handed_over = 3;
}
