/* SPDX-License-Identifier: MIT
 *
 * A condition there has no choice of clock, but can be waited on for a while.
 */

/* It hides its own functions from who asks for POSIX. */
#define _DARWIN_C_SOURCE

#include "condition.h"

void fx_condition_init(pthread_cond_t *condition) { (void)pthread_cond_init(condition, NULL); }

void fx_condition_wait_until(pthread_cond_t *condition, pthread_mutex_t *lock,
                             const struct fx_deadline *deadline) {
    int left = fx_deadline_left(deadline);
    const struct timespec span = {.tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000L};
    if (left < 0)
        (void)pthread_cond_wait(condition, lock);
    else
        (void)pthread_cond_timedwait_relative_np(condition, lock, &span);
}
