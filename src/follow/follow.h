/* SPDX-License-Identifier: MIT */
#ifndef FX_FOLLOW_H
#define FX_FOLLOW_H

#include <sched.h>

#include "forkexec.h"

/* Held only around calls that do not wait, so that spinning with a yield is enough. */
static inline void fx_child_lock(fx_child *child) {
    while (__atomic_exchange_n(&child->lock, 1, __ATOMIC_ACQUIRE))
        (void)sched_yield();
}

static inline void fx_child_unlock(fx_child *child) {
    __atomic_store_n(&child->lock, 0, __ATOMIC_RELEASE);
}

/* It has just ended, and can be reaped, or almost: what it is waited for now is not its time. */
void fx_child_stop_clock(fx_child *child);

#endif
