/* SPDX-License-Identifier: MIT */
#include "condition.h"

void fx_condition_init(pthread_cond_t *condition) {
    pthread_condattr_t attributes;
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_cond_init(condition, &attributes);
    (void)pthread_condattr_destroy(&attributes);
}

void fx_condition_wait_until(pthread_cond_t *condition, pthread_mutex_t *lock,
                             const struct fx_deadline *deadline) {
    const struct timespec at = {
        .tv_sec = (time_t)(deadline->at / 1000000),
        .tv_nsec = (long)(deadline->at % 1000000 * 1000),
    };
    if (deadline->at < 0)
        (void)pthread_cond_wait(condition, lock);
    else
        (void)pthread_cond_timedwait(condition, lock, &at);
}
