/* SPDX-License-Identifier: MIT
 *
 * A launch that somebody else can put an end to: by killing the child that it is waiting for. The
 * launching thread itself cannot, as the kernel lets it sleep until its child has called execve.
 */
#ifndef FX_LEASH_H
#define FX_LEASH_H

#include <pthread.h>

#include "error/error.h"
#include "launch.h"

enum fx_leash_state {
    FX_LEASH_LOOSE,   /* there is no child */
    FX_LEASH_BEARING, /* the kernel writes `child` as soon as there is one, and before it runs */
    FX_LEASH_FORKING, /* the launching thread does, when it has made one */
    FX_LEASH_TIED,    /* there is one: it has not been reaped */
    FX_LEASH_OVER     /* the launch has come to its end */
};

struct fx_leash {
    pthread_mutex_t lock;
    enum fx_leash_state state;
    pid_t child;
    bool is_pulled;
    sigset_t mask; /* of the thread for which it is launched, and so of its child */
};

void fx_leash_begin(struct fx_leash *leash);
/* Nothing more can be done to it. Whether it had been pulled before. */
bool fx_leash_end(struct fx_leash *leash);
/* Kill the child that there is, and let no other one be made. False: the launch is over. */
FX_COLD bool fx_leash_pull(struct fx_leash *leash);

/* ---- in the launching thread ---- */

FX_COLD int fx_leash_expect(struct fx_leash *leash, enum fx_leash_state state);
FX_COLD void fx_leash_tie(struct fx_leash *leash, pid_t child);
FX_COLD void fx_leash_loosen(struct fx_launch *launch);

/* Before a child is made: 0, or -ECANCELED if none may be. */
static inline int fx_leash_before(struct fx_launch *launch, enum fx_leash_state state) {
    return launch->leash ? fx_leash_expect(launch->leash, state) : 0;
}

/* Where the kernel is to write its number; or NULL. */
static inline pid_t *fx_leash_place(struct fx_launch *launch) {
    return launch->leash ? &launch->leash->child : NULL;
}

/* It was made, or could not be. In a forked child, the lock may be somebody's who is not there. */
static inline void fx_leash_after(struct fx_launch *launch, pid_t pid) {
    if (launch->leash && pid != 0)
        fx_leash_tie(launch->leash, pid);
}

/* Before it is reaped, whereupon its number may be another's: wait for its end, then let go. */
static inline void fx_leash_before_reaping(struct fx_launch *launch) {
    if (launch->leash)
        fx_leash_loosen(launch);
}

#endif
