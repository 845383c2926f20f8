/* SPDX-License-Identifier: MIT
 *
 * Counters that any thread may write at any time, with or without the GIL, and that take no
 * lock, so that none can be held when the process forks.
 */
#ifndef NATIVE_STATISTICS_H
#define NATIVE_STATISTICS_H

#include <stdatomic.h>

#include "forkexec.h"
#include "report.h"

/* How many of the latest durations are kept. */
#define STATISTICS_DURATIONS 4096

struct statistics {
    atomic_ulong spawns[FX_MECHANISM_COUNT][FX_REASON_COUNT];
    atomic_ulong count;
    atomic_ulong slowest;                         /* in ticks */
    atomic_ulong durations[STATISTICS_DURATIONS]; /* in ticks; 0 is a place not yet filled */
    atomic_ulong skipped[FX_STEP_COUNT];
    struct failure_counters *failures;
    atomic_bool are_the_parents; /* in the child of a callback: not this process's to reset */
};

/* A tick is 100 ns: a long of 32 bits then holds seven minutes. */
#define STATISTICS_TICKS_PER_SECOND 1e7

/* NULL with errno. */
struct statistics *statistics_create(void);
void statistics_destroy(struct statistics *statistics);
/*
 * A negative errno if new shared counters cannot be had; the old ones then go on. Does
 * nothing between fork and exec: a failure there is told through the parent's counters, and
 * Python's at-fork hooks, one of which resets, have run before it.
 */
int statistics_reset(struct statistics *statistics);

/* The time since some moment, in ticks. */
unsigned long statistics_now(void);

void statistics_note_spawn(struct statistics *statistics, const fx_child *child,
                           unsigned long ticks);
void statistics_note_failure(struct statistics *statistics, fx_step step);

#endif
