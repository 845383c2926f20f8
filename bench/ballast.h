/* SPDX-License-Identifier: MIT
 *
 * What a process that starts others may carry about: memory, open descriptors, threads.
 */
#ifndef BENCH_BALLAST_H
#define BENCH_BALLAST_H

#include <stddef.h>

/*
 * Take up what BENCH_MEMORY (megabytes), BENCH_DESCRIPTORS and BENCH_THREADS (besides those there
 * are) say, then remove these and LD_PRELOAD from the environment, so that no child pays for them.
 * Ends the process if that cannot be done: a load that is not there must not be measured.
 */
void ballast_load(void);

/* The descriptors that were opened, in ascending order. */
const int *ballast_descriptors(size_t *count);

#endif
