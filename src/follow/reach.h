/* SPDX-License-Identifier: MIT
 *
 * Who is in the scope of children, and signals to all of them. The calling process never is.
 *
 * A process that is no child of this one may end at any moment, and its number become another's. So
 * a member is known by its number and its start, and signalled through a pidfd that was open before
 * these were read once more.
 */
#ifndef FX_FOLLOW_REACH_H
#define FX_FOLLOW_REACH_H

#include "follow.h"
#include "platform/processes.h"

struct fx_reach {
    fx_child *const *children;
    size_t count;
    fx_scope scope;
    bool with_children; /* whether or not they are in the scope */
    struct fx_process_list all;
    /*
     * Whoever was found in the scope and runs. Descendants stay in it when their parent, by which
     * they were found, has ended.
     */
    struct fx_process_list members;
    int unseen; /* how many more run of which we know no number */
};

/* Whether one that is stopped takes it only when it goes on. */
bool fx_waits_for_continue(int signal);

void fx_reach_begin(struct fx_reach *reach, fx_child *const *children, size_t count,
                    const fx_scope *scope);
void fx_reach_end(struct fx_reach *reach);

/* Look who runs: how many there are, or a negative errno; then `members` is as it was before. */
int fx_reach_look(struct fx_reach *reach);

/*
 * Signal all, and if `continued` let those that are stopped take it. -ESRCH: there is nobody.
 * -EPERM: nobody of them may be signalled.
 */
int fx_reach_send(struct fx_reach *reach, int signal, bool continued);
/* The same to the children alone. */
int fx_reach_send_to_children(struct fx_reach *reach, int signal, bool continued);
/* All that are known have it; and whether one has been found since. */
void fx_reach_note_sent(struct fx_reach *reach);
bool fx_reach_has_new(const struct fx_reach *reach);

/* A descriptor that becomes readable when one of those that run ends; -1: there is none. */
int fx_reach_watch(const struct fx_reach *reach, bool *is_ours);

/* How many of the children run. */
int fx_reach_running(const struct fx_reach *reach);

enum fx_child_state {
    FX_CHILD_RUNS,
    FX_CHILD_ENDED, /* and its number is still its own */
    FX_CHILD_GONE
};
enum fx_child_state fx_child_state(fx_child *child);
/* The group or session that it is in; `pid`, its own, where that is not told of an ended one. */
pid_t fx_child_group(const fx_child *child);
pid_t fx_child_session(const fx_child *child);

#endif
