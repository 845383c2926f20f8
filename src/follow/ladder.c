/* SPDX-License-Identifier: MIT */
#include "ladder.h"
#include <errno.h>
static const fx_rung usual[] = {{15, 5000}, {9, 5000}};
int fx_ladder_read(const fx_ladder *given, fx_ladder *ladder) {
    if (!given || given->size == 0) {
        *ladder = (fx_ladder){.size = sizeof *ladder, .rungs = usual, .rung_count = 2};
        return 0;
    }
    *ladder = *given;
    if (!ladder->rungs) {
        ladder->rungs = usual;
        ladder->rung_count = 2;
    }
    return ladder->rung_count ? 0 : -EINVAL;
}
void fx_ladder_begin(struct fx_ladder_state *s, fx_child *const *children, size_t count,
                     const fx_ladder *l) {
    *s = (struct fx_ladder_state){0};
    s->reach.children = children;
    s->reach.count = count;
    s->rungs = l->rungs;
    s->rung_count = l->rung_count;
    s->until.at = 0;
}
int fx_ladder_step(struct fx_ladder_state *s) {
    int left = 0;
    for (size_t i = 0; i < s->reach.count; i++)
        if (fx_wait(s->reach.children[i], 0, FX_WAIT_NO_REAP, NULL) == -ETIMEDOUT)
            left++;
    if (!left)
        return 0;
    if (fx_deadline_left(&s->until) == 0 || s->last_wanted) {
        if (s->next >= s->rung_count)
            return -ETIMEDOUT;
        if (s->last_wanted)
            s->next = s->rung_count - 1;
        s->last_wanted = false;
        for (size_t i = 0; i < s->reach.count; i++)
            fx_signal(s->reach.children[i], s->rungs[s->next].signal);
        s->stopped_by = s->rungs[s->next].signal;
        s->until = fx_deadline_after(s->rungs[s->next].grace);
        s->next++;
    }
    return -EINPROGRESS;
}
void fx_ladder_last(struct fx_ladder_state *s) { s->last_wanted = true; }
int fx_ladder_interest(const struct fx_ladder_state *s) {
    (void)s;
    return -1;
}
int fx_ladder_timeout(const struct fx_ladder_state *s) { return fx_deadline_left(&s->until); }
void fx_ladder_end(struct fx_ladder_state *s) { (void)s; }
