/* SPDX-License-Identifier: MIT
 *
 * One attempt to execute a file, with what a command allows besides the plain call.
 */
#ifndef FX_CHILD_EXECUTE_H
#define FX_CHILD_EXECUTE_H

#include "child.h"

struct fx_attempt {
    struct fx_frame *frame;
    char *const *environment;
    unsigned int patience; /* milliseconds left to wait for those who write to the file */
    unsigned int pause;    /* the next one */
};

/* These return only if it failed, with a negative errno. */
int fx_execute_path(struct fx_attempt *attempt, char *path);
int fx_execute_open(struct fx_attempt *attempt, int fd);

#endif
