/* SPDX-License-Identifier: MIT
 *
 * Stopping children step by step: the one logic of fx_stop() and of the drain. It never waits; its
 * user polls what it is interested in, together with whatever else, and lets it step.
 *
 *     struct fx_ladder_state state;
 *     fx_ladder_begin(&state, children, count, &ladder);
 *     while ((result = fx_ladder_step(&state)) == -EINPROGRESS)
 *         poll(fx_ladder_interest(&state), ..., fx_ladder_timeout(&state));
 *     fx_ladder_end(&state);
 *
 * While it is under way the children are waited for with FX_WAIT_NO_REAP only: their numbers are
 * what a group or session is known by.
 */
#ifndef FX_FOLLOW_LADDER_H
#define FX_FOLLOW_LADDER_H

#include "follow.h"
#include "platform/deadline.h"
#include "reach.h"

struct fx_ladder_state {
    struct fx_reach reach;
    const fx_rung *rungs;
    size_t rung_count;
    size_t next;              /* the rung whose signal is sent next */
    bool last_wanted;         /* it is to be the last one, now */
    struct fx_deadline until; /* of the rung that was sent */
    int watched;              /* becomes readable when a member ends, or -1 */
    bool watched_is_ours;
    /* Where no descriptor tells: when to look again, and how long that will be put off then. */
    struct fx_deadline next_look;
    int pause;
    int result;     /* of the last step */
    int code;       /* why a signal did not reach the scope, the first time; or 0 */
    int stopped_by; /* the last signal that was sent, but for the SIGCONT after it; or 0 */
};

/*
 * What the caller gave, as far as it knew the struct, with the default rungs in place of none; NULL
 * and a size of 0 are the default ladder. The rungs still are the caller's array. -EINVAL: no rung,
 * no such scope.
 */
int fx_ladder_read(const fx_ladder *given, fx_ladder *ladder);

/*
 * Begin, without doing anything yet. `children` and the rungs of `ladder`, which comes from
 * fx_ladder_read(), must stay until the end. Of several children one that leads no group (or
 * session) is reached by that of another, if it is in it, or else alone.
 */
void fx_ladder_begin(struct fx_ladder_state *state, fx_child *const *children, size_t count,
                     const fx_ladder *ladder);

/*
 * Send what is to be sent now. 0: nobody is left, neither a child nor anybody in the scope.
 * -EINPROGRESS: somebody is. -ETIMEDOUT: the same, and the last rung's grace is over. A further
 * step after the end does nothing and returns the same. What went wrong is no result but kept in
 * `code`: the children are then signalled at least. Costs little when nothing has happened.
 */
int fx_ladder_step(struct fx_ladder_state *state);

/* The next step sends the last rung's signal, unless that has been sent. */
void fx_ladder_last(struct fx_ladder_state *state);

/*
 * The descriptor that, when it becomes readable (POLLIN), is a reason to step; -1: none. May be
 * the pidfd of one of the children. May be another one, and the old one closed, after each step.
 */
int fx_ladder_interest(const struct fx_ladder_state *state);
/* The milliseconds after which to step whatever happens; -1: never. */
int fx_ladder_timeout(const struct fx_ladder_state *state);

/* Free what it has. The children are as they were: not reaped. */
void fx_ladder_end(struct fx_ladder_state *state);

#endif
