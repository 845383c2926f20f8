/* SPDX-License-Identifier: MIT
 *
 * Waiting on a condition until a moment of the clock that nobody sets.
 */
#ifndef FX_PLATFORM_CONDITION_H
#define FX_PLATFORM_CONDITION_H

#include <pthread.h>

#include "deadline.h"

void fx_condition_init(pthread_cond_t *condition);
/* As pthread_cond_timedwait(3); a deadline that never comes is waited for for ever. */
void fx_condition_wait_until(pthread_cond_t *condition, pthread_mutex_t *lock,
                             const struct fx_deadline *deadline);

#endif
