/* SPDX-License-Identifier: MIT
 *
 * A control group of version 2 for a test program of its own.
 */
#ifndef FX_TEST_CGROUPS_H
#define FX_TEST_CGROUPS_H

#include "support.h"

/* Where version 2 is mounted; "" if nowhere. Known after find_cgroup_mount(). */
extern char cgroup_mount[];
void find_cgroup_mount(void);
/* Skip the test where it is not. */
void needs_version_2(void);

/* The name of the own one, and the path of one by its name; valid for the next 3 calls. */
const char *own_cgroup(void);
const char *cgroup_path(const char *name);

/* Fixtures: the own one, for a superuser. */
int make_cgroup(void **state);
int remove_cgroup(void **state);

#endif
