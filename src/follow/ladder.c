/* SPDX-License-Identifier: MIT */
#include "ladder.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "scope.h"

enum { FIRST_PAUSE = 1, LONGEST_PAUSE = 50 };

static const fx_rung default_rungs[] = {{SIGTERM, 5000}, {SIGKILL, 5000}};

int fx_ladder_read(const fx_ladder *given, fx_ladder *ladder) {
    memset(ladder, 0, sizeof *ladder);
    if (given && given->size > 0) {
        memcpy(ladder, given, given->size < sizeof *ladder ? given->size : sizeof *ladder);
        if (ladder->rungs && ladder->rung_count == 0)
            return -EINVAL;
    }
    ladder->size = sizeof *ladder;
    if (!ladder->rungs) {
        ladder->rungs = default_rungs;
        ladder->rung_count = sizeof default_rungs / sizeof default_rungs[0];
    }
    for (size_t i = 0; i < ladder->rung_count; i++)
        if (!fx_is_signal(ladder->rungs[i].signal))
            return -EINVAL;
    return fx_scope_check(&ladder->scope);
}

void fx_ladder_begin(struct fx_ladder_state *state, fx_child *const *children, size_t count,
                     const fx_ladder *ladder) {
    *state = (struct fx_ladder_state){
        .rungs = ladder->rungs,
        .rung_count = ladder->rung_count,
        .pause = FIRST_PAUSE,
        .watched = -1,
        .result = -EINPROGRESS,
    };
    fx_reach_begin(&state->reach, children, count, &ladder->scope);
    state->reach.with_children = true;
}

void fx_ladder_last(struct fx_ladder_state *state) {
    if (state->next < state->rung_count)
        state->last_wanted = true;
}

/* ---- who is left ---- */

static bool is_last_sent(const struct fx_ladder_state *state) {
    return state->next == state->rung_count;
}

/*
 * Where nobody can be listed: whether the group of a child that has ended has anybody in it. Some
 * systems count ended processes, so that only after the reaping a signal tells; and after
 * the reaping none can be sent to them any more. So this waits until the last one has been sent.
 */
static bool is_group_left(const struct fx_ladder_state *state, fx_child *child) {
    if (is_last_sent(state))
        (void)fx_wait(child, 0, 0, NULL);
    else if (fx_child_state(child) == FX_CHILD_GONE)
        return false;
    return getpgrp() != child->pid && kill(-child->pid, 0) == 0;
}

static int look_without_list(struct fx_ladder_state *state) {
    struct fx_reach *reach = &state->reach;
    reach->members.count = 0;
    int left = fx_reach_running(reach);
    if (left > 0 || reach->scope.kind != FX_SCOPE_GROUP)
        return left;
    for (size_t i = 0; i < reach->count; i++)
        left += is_group_left(state, reach->children[i]);
    return left;
}

static void keep_code(struct fx_ladder_state *state, int code) {
    if (state->code == 0)
        state->code = code;
}

static int look(struct fx_ladder_state *state) {
    int left = fx_reach_look(&state->reach);
    if (left >= 0)
        return left;
    if (left != -ENOTSUP)
        keep_code(state, left);
    return look_without_list(state);
}

/* ---- what is waited for ---- */

static void stop_watching(struct fx_ladder_state *state) {
    if (state->watched_is_ours && state->watched >= 0)
        (void)close(state->watched);
    state->watched = -1;
}

static void watch(struct fx_ladder_state *state) {
    stop_watching(state);
    state->watched = fx_reach_watch(&state->reach, &state->watched_is_ours);
    state->next_look = fx_deadline_after(state->pause);
    state->pause = state->pause * 2 < LONGEST_PAUSE ? state->pause * 2 : LONGEST_PAUSE;
}

static bool has_happened(struct fx_ladder_state *state) {
    if (state->watched < 0)
        return fx_deadline_left(&state->next_look) == 0;
    struct pollfd polled = {.fd = state->watched, .events = POLLIN};
    return poll(&polled, 1, 0) != 0;
}

int fx_ladder_interest(const struct fx_ladder_state *state) { return state->watched; }

int fx_ladder_timeout(const struct fx_ladder_state *state) {
    if (state->result != -EINPROGRESS)
        return -1;
    if (state->last_wanted || state->next == 0)
        return 0;
    int left = fx_deadline_left(&state->until);
    if (state->watched >= 0)
        return left;
    int pause = fx_deadline_left(&state->next_look);
    return left < 0 || left > pause ? pause : left;
}

/* ---- the rungs ---- */

static void send(struct fx_ladder_state *state, int signal) {
    bool continued = fx_waits_for_continue(signal);
    int result = fx_reach_send(&state->reach, signal, continued);
    fx_reach_note_sent(&state->reach);
    if (result == 0 || result == -ESRCH)
        return;
    keep_code(state, result);
    (void)fx_reach_send_to_children(&state->reach, signal, continued);
}

static bool is_due(const struct fx_ladder_state *state) {
    return state->next == 0 || state->last_wanted || fx_deadline_left(&state->until) == 0;
}

static void climb(struct fx_ladder_state *state) {
    if (state->last_wanted)
        state->next = state->rung_count - 1;
    state->last_wanted = false;
    const fx_rung *rung = &state->rungs[state->next++];
    send(state, rung->signal);
    state->stopped_by = rung->signal;
    state->until = fx_deadline_after(rung->grace);
    state->pause = FIRST_PAUSE;
}

static int advance(struct fx_ladder_state *state) {
    bool due = is_due(state);
    if (!due && !has_happened(state))
        return -EINPROGRESS;
    int left = look(state);
    if (left > 0 && due) {
        if (is_last_sent(state))
            return -ETIMEDOUT;
        climb(state);
        left = look(state);
    } else if (left > 0 && state->stopped_by == SIGKILL && fx_reach_has_new(&state->reach)) {
        send(state, SIGKILL);
    }
    if (left == 0)
        return 0;
    watch(state);
    return -EINPROGRESS;
}

int fx_ladder_step(struct fx_ladder_state *state) {
    if (state->result != -EINPROGRESS)
        return state->result;
    state->result = advance(state);
    if (state->result != -EINPROGRESS)
        stop_watching(state);
    return state->result;
}

void fx_ladder_end(struct fx_ladder_state *state) {
    stop_watching(state);
    fx_reach_end(&state->reach);
}
