/* SPDX-License-Identifier: MIT
 *
 * How much of a time to wait is left, on the clock that nobody sets.
 */
#ifndef FORKEXEC_DEADLINE_H
#define FORKEXEC_DEADLINE_H

#include <limits.h>
#include <time.h>

/* Nanoseconds. */
static inline long long now(void) {
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (long long)time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* Milliseconds until then, rounded up; never less than 0. */
static inline int left_until(long long deadline) {
    long long left = (deadline - now() + 999999) / 1000000;
    if (left < 0)
        return 0;
    return left > INT_MAX ? INT_MAX : (int)left;
}

#endif
