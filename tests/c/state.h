/* SPDX-License-Identifier: MIT
 *
 * Everything of this process that starting a child must leave as it was, as text: descriptors
 * with their targets and flags, signal mask, dispositions, dumpable, directory, umask,
 * limits, scheduling, ids, cancellation, namespaces, cgroups, confinement, and whether there are
 * children.
 */
#ifndef FX_TEST_STATE_H
#define FX_TEST_STATE_H

#include <sys/resource.h>

/* What getrlimit(2) takes, which glibc has a type of its own for. */
#ifdef __GLIBC__
typedef __rlimit_resource_t limited_resource;
#else
typedef int limited_resource;
#endif

/* To be freed. Ends the program if there is no memory. */
char *parent_state(void);

/*
 * The first line in which two states differ, NULL if none does; points into `after`, or into
 * `before` where `after` is shorter.
 */
const char *state_difference(const char *before, const char *after);

/*
 * All signals at their default action. Whoever started this program may ignore some: nohup does,
 * and what glibc's posix_spawn starts, as make does, is born with libc's internal ones ignored.
 */
void signals_to_default(void);

#endif
