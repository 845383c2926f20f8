/* SPDX-License-Identifier: MIT
 *
 * What the calling process has, for options that edit that, and what it can be to its
 * descendants. -ENOTSUP where the system has no such thing; other negative errno.
 */
#ifndef FORKEXEC_CLI_PLATFORM_H
#define FORKEXEC_CLI_PLATFORM_H

#include <forkexec.h>
#include <signal.h>
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

/* The widest scope that a child can be stopped with. */
fx_scope_kind widest_scope(void);
/* Whether the terminal, and so everybody in its foreground, was what this signal came from. */
bool is_of_terminal(const siginfo_t *info);
/* Become the parent of descendants whose own parent ends. */
int become_subreaper(void);
/* The children of this process, `room` of them at most; their number. */
size_t list_children(pid_t *list, size_t room);

/* Both ends close-on-exec and non-blocking. A negative errno. */
int open_pipe(int ends[2]);

/* How many processors this process may use: by its affinity, and by quotas. At least 1. */
int usable_processors(void);

/* The bit of personality(2) that setarch -R sets. */
enum { NO_RANDOMIZE = 0x0040000 };

#endif
