/* SPDX-License-Identifier: MIT
 *
 * What the calling process has, for options that edit that. -ENOTSUP where the system has no such
 * thing; other negative errno.
 */
#ifndef FORKEXEC_CLI_PLATFORM_H
#define FORKEXEC_CLI_PLATFORM_H

#include <stdbool.h>

enum capability_set {
    SET_BOUNDING,
    SET_PERMITTED,
    SET_INHERITABLE,
    SET_AMBIENT,
    SET_ALL /* all that the kernel knows */
};

int current_capabilities(enum capability_set set, unsigned long long *bits);
int current_securebits(int *bits);
int current_personality(unsigned long long *value);

/* Whether the descendants of a process can be found: FX_SCOPE_DESCENDANTS. */
bool finds_descendants(void);

/* How many processors this process may use: by its affinity, and by quotas. At least 1. */
int usable_processors(void);

/* The bit of personality(2) that setarch -R sets. */
enum { NO_RANDOMIZE = 0x0040000 };

#endif
