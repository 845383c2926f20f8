/* SPDX-License-Identifier: MIT */
#ifndef FX_CHILD_BECOME_H
#define FX_CHILD_BECOME_H

#include <stddef.h>

/* On memory shared with the parent, which sleeps until the helper has been executed. */
struct fx_becoming {
    const char *path;
    char *const *argv;
    char *const *environment;
    const int *handed; /* close-on-exec, and needed by the helper */
    size_t handed_count;
    int image;
    volatile int code; /* 0, or why it could not be executed */
};

int fx_child_become_helper(void *argument);

#endif
