/* SPDX-License-Identifier: MIT
 *
 * Running a drain: what is due by the clock, a sleep, and what has become ready.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "drain.h"
#include "platform/deadline.h"
#include "sigpipe.h"

/* ---- children ---- */

static void note_end(struct fx_drain *drain, size_t index) {
    if (drain->ended[index])
        return;
    drain->ended[index] = true;
    drain->running--;
    drain->unheard -= drain->children[index]->pidfd < 0;
}

/* They stay unreaped until the end: while their leader does, a group cannot become another's. */
static bool has_ended(fx_child *child) {
    return fx_wait(child, 0, FX_WAIT_NO_REAP, NULL) != -ETIMEDOUT;
}

static void look_at(struct fx_drain *drain, bool only_unheard) {
    for (size_t i = 0; i < drain->child_count; i++) {
        fx_child *child = drain->children[i];
        if (!drain->ended[i] && (!only_unheard || child->pidfd < 0) && has_ended(child))
            note_end(drain, i);
    }
}

/* The pidfd tells the end a moment before a child that is traced can be waited for. */
static void reap(struct fx_drain *drain) {
    for (size_t i = 0; i < drain->child_count; i++)
        if (drain->ended[i])
            (void)fx_wait(drain->children[i], -1, 0, NULL);
}

/* ---- stopping ---- */

static bool is_past(int64_t moment, int64_t now) { return moment >= 0 && moment <= now; }

static fx_ending cause_to_stop(const struct fx_drain *drain, int64_t now) {
    if (drain->asked_to_stop)
        return FX_ENDING_STOP;
    if (drain->over_bound)
        return FX_ENDING_OUTPUT;
    if (drain->function_stops)
        return FX_ENDING_FUNCTION;
    if (is_past(drain->deadline, now))
        return FX_ENDING_TIMEOUT;
    if (is_past(drain->idle_deadline, now))
        return FX_ENDING_IDLE_TIMEOUT;
    return FX_ENDING_NONE;
}

static void begin_to_stop(struct fx_drain *drain, int64_t now) {
    fx_ending cause = cause_to_stop(drain, now);
    /* Nobody is late any more who has ended; but what he wrote may still be too much. */
    if (!fx_drain_goes_on(drain) && cause != FX_ENDING_OUTPUT && cause != FX_ENDING_FUNCTION)
        return;
    drain->ending = cause;
    if (cause == FX_ENDING_NONE || drain->running == 0)
        return;
    fx_ladder_begin(&drain->climbing, drain->children, drain->child_count, &drain->ladder);
    drain->has_climbed = drain->is_stopping = true;
}

static void climb(struct fx_drain *drain, bool to_the_last) {
    if (to_the_last)
        fx_ladder_last(&drain->climbing);
    int result = fx_ladder_step(&drain->climbing);
    drain->stop_code = result == -ETIMEDOUT ? result : drain->climbing.code;
    if (result == -EINPROGRESS)
        return;
    drain->is_stopping = false;
    look_at(drain, false);
}

/* ---- what is due ---- */

static void finish(struct fx_drain *drain, int result) {
    reap(drain);
    fx_feed_stop(&drain->feed);
    if (drain->ending == FX_ENDING_NONE)
        drain->ending = FX_ENDING_EXIT;
    drain->finished = true;
    drain->result = result;
}

/* Who wanted an end before does not wait for a tee that is stuck. */
static bool is_late(const struct fx_drain *drain, int64_t now) {
    return drain->hurried || drain->ending != FX_ENDING_NONE || is_past(drain->deadline, now);
}

/* Everybody has ended. Others may hold the streams: grandchildren, or who they were passed to. */
static void linger(struct fx_drain *drain, int64_t now, bool *broke) {
    if (drain->child_count > 0)
        fx_feed_give_up(&drain->feed);
    fx_feed_stop(&drain->feed);
    if (drain->linger_deadline < 0)
        drain->linger_deadline = drain->linger < 0        ? INT64_MAX
                                 : drain->child_count > 0 ? now + drain->linger
                                                          : now;
    if (fx_drain_is_open(drain) && (drain->hurried || is_past(drain->linger_deadline, now))) {
        drain->only_rest = true;
        fx_drain_read_rest(drain, is_late(drain, now), broke);
        fx_drain_give_up(drain);
        /* The rest may have been too much. */
        if (drain->ending == FX_ENDING_NONE)
            begin_to_stop(drain, now);
    }
    if (!fx_drain_is_open(drain))
        finish(drain, 0);
}

static bool is_over(const struct fx_drain *drain) {
    if (drain->child_count > 0)
        return drain->running == 0;
    return drain->ending != FX_ENDING_NONE || (!fx_drain_is_open(drain) && drain->feed.fd < 0);
}

static void do_what_is_due(struct fx_drain *drain, bool *broke) {
    int64_t now = fx_now_microseconds();
    bool stopped_before = drain->ending != FX_ENDING_NONE;
    if (drain->unheard > 0)
        look_at(drain, true);
    if (!stopped_before)
        begin_to_stop(drain, now);
    if (drain->is_stopping)
        climb(drain, stopped_before && drain->asked_to_stop);
    drain->hurried = drain->hurried || (drain->asked_to_stop && drain->running == 0);
    drain->asked_to_stop = drain->over_bound = drain->function_stops = false;
    /* Who is left in the scope may have more to write, and does not end if nobody reads it. */
    if (drain->is_stopping)
        return;
    if (is_over(drain))
        linger(drain, now, broke);
    else if (drain->ending != FX_ENDING_NONE)
        finish(drain, -ECANCELED);
}

/* ---- what is ready ---- */

static int make_list(struct fx_drain *drain, size_t *count) {
    for (;;) {
        *count = fx_drain_list(drain, drain->polled, drain->watches, drain->room);
        if (*count <= drain->room)
            return 0;
        size_t room = *count + 8;
        struct pollfd *polled = realloc(drain->polled, room * sizeof *polled);
        if (!polled)
            return -ENOMEM;
        drain->polled = polled;
        struct fx_watch *watches = realloc(drain->watches, room * sizeof *watches);
        if (!watches)
            return -ENOMEM;
        drain->watches = watches;
        drain->room = room;
    }
}

static void serve_feed(struct fx_drain *drain, short events, bool *broke) {
    if (drain->feed.fd < 0)
        return;
    if (fx_feed_wants_source(&drain->feed))
        fx_feed_lost_reader(&drain->feed);
    else if (events)
        fx_feed_write(&drain->feed, broke);
}

/* Nobody writes any more, and there is nothing left to read: a read would say just that. */
static bool is_at_end(short events) { return (events & (POLLIN | POLLHUP | POLLERR)) == POLLHUP; }

static void serve_reader(struct fx_drain *drain, struct fx_reader *reader, short events,
                         struct fx_reading *reading) {
    if (reader->fd < 0)
        return;
    if (is_at_end(events))
        fx_reader_complete(reader);
    else
        fx_drain_read(drain, reader, FX_READ_SIZE, reading);
}

static void serve(struct fx_drain *drain, const struct fx_watch *watch, short events,
                  struct fx_reading *reading) {
    struct fx_reader *reader = &drain->readers[watch->index];
    switch (watch->kind) {
    case FX_WATCHED_CHILD:
        /* What comes now is not time that it took. */
        fx_child_stop_clock(drain->children[watch->index]);
        note_end(drain, watch->index);
        break;
    case FX_WATCHED_READER:
        serve_reader(drain, reader, events, reading);
        break;
    case FX_WATCHED_TEE:
        fx_reader_write_tees(reader, reading);
        break;
    case FX_WATCHED_SOURCE:
        if (fx_feed_wants_source(&drain->feed)) {
            fx_feed_read_source(&drain->feed);
            fx_feed_write(&drain->feed, &reading->broke);
        }
        break;
    case FX_WATCHED_FEED:
        serve_feed(drain, events, &reading->broke);
        break;
    case FX_WATCHED_LADDER:
        break;
    }
}

static void serve_ready(struct fx_drain *drain, size_t count, bool *broke) {
    struct fx_reading reading = fx_drain_begin_reading(drain);
    for (size_t i = 0; i < count; i++)
        if (drain->polled[i].revents)
            serve(drain, &drain->watches[i], drain->polled[i].revents, &reading);
    fx_drain_end_reading(drain, &reading, broke);
}

/* 0, -EINTR, or another negative errno. */
static int sleep_and_serve(struct fx_drain *drain, const struct fx_deadline *until, bool *broke) {
    size_t count;
    int result = make_list(drain, &count);
    if (result < 0)
        return result;
    int own = fx_drain_timeout(drain), left = fx_deadline_left(until);
    int timeout = own < 0 || (left >= 0 && left < own) ? left : own;
    int ready = poll(drain->polled, (nfds_t)count, timeout);
    if (ready < 0)
        return errno == EAGAIN ? 0 : -errno;
    if (ready > 0)
        serve_ready(drain, count, broke);
    drain->pause = ready > 0 ? 1 : drain->pause * 2 < 50 ? drain->pause * 2 : 50;
    return 0;
}

/*
 * A process that ends closes its streams a moment before it has ended: often that moment is over by
 * now, and a sleep is saved.
 */
static void look_at_silent(struct fx_drain *drain) {
    if (drain->running > 0 && drain->reader_count > 0 && !fx_drain_is_open(drain))
        look_at(drain, false);
}

static int run(struct fx_drain *drain, int timeout, bool interruptible, bool *broke) {
    struct fx_deadline until = fx_deadline_after(timeout);
    for (;;) {
        do_what_is_due(drain, broke);
        if (drain->finished)
            return drain->result;
        int result = sleep_and_serve(drain, &until, broke);
        if (result == -EINTR && !interruptible)
            result = 0;
        if (result < 0)
            return result;
        look_at_silent(drain);
        if (fx_deadline_left(&until) == 0) {
            do_what_is_due(drain, broke);
            return drain->finished ? drain->result : -ETIMEDOUT;
        }
    }
}

int fx_drain_run(fx_drain *drain, int timeout, unsigned int flags) {
    int saved = errno, cancel;
    struct fx_sigpipe sigpipe;
    bool broke = false;
    if (flags & ~FX_DRAIN_INTERRUPTIBLE)
        return -EINVAL;
    if (drain->finished)
        return drain->result;
    (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
    if (drain->writes)
        fx_sigpipe_block(&sigpipe);
    int result = run(drain, timeout, flags & FX_DRAIN_INTERRUPTIBLE, &broke);
    if (drain->writes)
        fx_sigpipe_restore(&sigpipe, broke);
    (void)pthread_setcancelstate(cancel, &cancel);
    if (result == 0)
        errno = saved;
    return result;
}
