/* SPDX-License-Identifier: MIT
 *
 * Limits and scheduling, in the child.
 */
#ifndef FX_PLATFORM_SCHEDULING_H
#define FX_PLATFORM_SCHEDULING_H

#include <stddef.h>

#include "forkexec.h"

#define FX_UNLIMITED (~0ULL)

struct fx_bounds {
    unsigned long long soft, hard;
};

int fx_sys_get_limit(int resource, struct fx_bounds *bounds);
int fx_sys_set_limit(int resource, const struct fx_bounds *bounds);

/* Nice values, from -20 to 19. */
int fx_sys_get_nice(int *nice);
int fx_sys_set_nice(int nice);
int fx_sys_schedule(const fx_scheduling *scheduling);
/* A bit for each CPU; `size` in bytes. */
int fx_sys_set_affinity(const unsigned long *mask, size_t size);
int fx_sys_set_io_priority(fx_io_class io_class, int level);
int fx_sys_set_timer_slack(unsigned long long nanoseconds);
int fx_sys_set_oom_score_adj(const char *text, size_t size);
int fx_sys_alarm(unsigned int seconds);

#endif
