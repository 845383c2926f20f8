/* SPDX-License-Identifier: MIT
 *
 * What the calling process has, for options that edit that. -ENOTSUP where the system has no such
 * thing; other negative errno.
 */
#ifndef FORKEXEC_CLI_PLATFORM_H
#define FORKEXEC_CLI_PLATFORM_H

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

/* The bit of personality(2) that setarch -R sets. */
enum { NO_RANDOMIZE = 0x0040000 };

#endif
