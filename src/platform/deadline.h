/* SPDX-License-Identifier: MIT
 *
 * How much of a timeout is left, on the clock that nobody sets.
 */
#ifndef FX_PLATFORM_DEADLINE_H
#define FX_PLATFORM_DEADLINE_H

#include <limits.h>
#include <stdint.h>
#include <time.h>

struct fx_deadline {
    int64_t at; /* microseconds of CLOCK_MONOTONIC; negative: never */
};

static inline long long fx_now_nanoseconds(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static inline int64_t fx_now_microseconds(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static inline struct fx_deadline fx_deadline_after(int timeout) {
    return (struct fx_deadline){timeout < 0 ? -1 : fx_now_microseconds() + (int64_t)timeout * 1000};
}

/* In milliseconds, rounded up so that a wait never ends early; -1 for ever. */
static inline int fx_deadline_left(const struct fx_deadline *deadline) {
    if (deadline->at < 0)
        return -1;
    int64_t left = deadline->at - fx_now_microseconds();
    if (left <= 0)
        return 0;
    left = (left + 999) / 1000;
    return left > INT_MAX ? INT_MAX : (int)left;
}

#endif
