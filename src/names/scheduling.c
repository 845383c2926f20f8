/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <sched.h>

#include "forkexec.h"
#include "names.h"

#if defined(__linux__) && !defined(SCHED_DEADLINE)
#define SCHED_DEADLINE 6
#endif

static const struct fx_name table[] = {
#ifdef SCHED_OTHER
    {"other", SCHED_OTHER},
#endif
#ifdef SCHED_OTHER
    {"normal", SCHED_OTHER},
#endif
#ifdef SCHED_FIFO
    {"fifo", SCHED_FIFO},
#endif
#ifdef SCHED_RR
    {"rr", SCHED_RR},
#endif
#ifdef SCHED_BATCH
    {"batch", SCHED_BATCH},
#endif
#ifdef SCHED_IDLE
    {"idle", SCHED_IDLE},
#endif
#ifdef SCHED_DEADLINE
    {"deadline", SCHED_DEADLINE},
#endif
};
enum { COUNT = sizeof table / sizeof table[0] };

int fx_scheduling_number(const char *name) {
    return fx_name_number(table, COUNT, "SCHED_", INT_MAX, name);
}

const char *fx_scheduling_name(int policy) { return fx_name_of(table, COUNT, policy); }
