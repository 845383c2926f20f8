/* SPDX-License-Identifier: MIT */
#include "statistics.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

static void *map_shared(void *address, int flags) {
    return mmap(address, sizeof(struct failure_counters), PROT_READ | PROT_WRITE,
                MAP_SHARED | MAP_ANONYMOUS | flags, -1, 0);
}

struct statistics *statistics_create(void) {
    struct statistics *statistics = calloc(1, sizeof *statistics);
    if (!statistics)
        return NULL;
    void *failures = map_shared(NULL, 0);
    if (failures == MAP_FAILED) {
        int saved = errno;
        free(statistics);
        errno = saved;
        return NULL;
    }
    statistics->failures = failures;
    return statistics;
}

void statistics_destroy(struct statistics *statistics) {
    if (!statistics)
        return;
    (void)munmap(statistics->failures, sizeof *statistics->failures);
    free(statistics);
}

int statistics_reset(struct statistics *statistics) {
    if (atomic_load(&statistics->are_the_parents))
        return 0;
    /*
     * New memory in the old place, in one step: launches that other threads have under way keep
     * a pointer that is good, and another process that shares the old counters keeps those.
     */
    if (map_shared(statistics->failures, MAP_FIXED) == MAP_FAILED)
        return -errno;
    for (int mechanism = 0; mechanism < FX_MECHANISM_COUNT; mechanism++)
        for (int reason = 0; reason < FX_REASON_COUNT; reason++)
            atomic_store(&statistics->spawns[mechanism][reason], 0);
    for (size_t i = 0; i < STATISTICS_DURATIONS; i++)
        atomic_store(&statistics->durations[i], 0);
    for (size_t i = 0; i < FX_STEP_COUNT; i++)
        atomic_store(&statistics->skipped[i], 0);
    atomic_store(&statistics->slowest, 0);
    atomic_store(&statistics->count, 0);
    return 0;
}

unsigned long statistics_now(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (unsigned long)now.tv_sec * 10000000UL + (unsigned long)now.tv_nsec / 100UL;
}

static void note_skipped(struct statistics *statistics, const fx_child *child) {
    for (size_t i = 0; i < child->skipped_count && i < FX_SKIPPED_MAX; i++)
        if ((unsigned int)child->skipped[i].step < FX_STEP_COUNT)
            atomic_fetch_add(&statistics->skipped[child->skipped[i].step], 1);
}

void statistics_note_spawn(struct statistics *statistics, const fx_child *child,
                           unsigned long ticks) {
    unsigned long place = atomic_fetch_add(&statistics->count, 1) % STATISTICS_DURATIONS;
    if (ticks == 0)
        ticks = 1;
    atomic_store(&statistics->durations[place], ticks);
    unsigned long slowest = atomic_load(&statistics->slowest);
    while (ticks > slowest && !atomic_compare_exchange_weak(&statistics->slowest, &slowest, ticks))
        ;
    if ((unsigned int)child->mechanism < FX_MECHANISM_COUNT &&
        (unsigned int)child->reason < FX_REASON_COUNT)
        atomic_fetch_add(&statistics->spawns[child->mechanism][child->reason], 1);
    note_skipped(statistics, child);
}

void statistics_note_failure(struct statistics *statistics, fx_step step) {
    if ((unsigned int)step < FX_STEP_COUNT)
        atomic_fetch_add(&statistics->failures->by_step[step], 1);
}
