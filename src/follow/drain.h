/* SPDX-License-Identifier: MIT
 *
 * The one loop that follows children: it feeds, reads, counts, stops and waits, and sleeps in
 * nothing but poll(2).
 */
#ifndef FX_DRAIN_H
#define FX_DRAIN_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "feed.h"
#include "follow.h"
#include "ladder.h"
#include "reader.h"

/* What an entry of the poll list stands for. */
enum fx_watched {
    FX_WATCHED_CHILD,
    FX_WATCHED_READER,
    FX_WATCHED_TEE,
    FX_WATCHED_SOURCE,
    FX_WATCHED_FEED,
    FX_WATCHED_LADDER
};

struct fx_watch {
    enum fx_watched kind;
    size_t index;
};

struct fx_drain {
    fx_child **children;
    bool *ended;
    size_t child_count;
    size_t running;
    size_t unheard; /* children without a pidfd, which have to be looked at */
    int pause;      /* milliseconds until then */

    struct fx_feed feed;
    struct fx_reader *readers;
    size_t reader_count;
    bool writes; /* something that may have no reader */

    bool has_bound;
    unsigned long long bound; /* of all streams together, and what of it is free */
    unsigned long long budget;
    unsigned long long stored; /* bytes seen of streams that are stored */
    bool bound_stops;
    bool over_bound;
    bool function_stops;

    /* In microseconds of CLOCK_MONOTONIC; negative: never. */
    int64_t deadline;
    int64_t idle; /* a length */
    int64_t idle_deadline;
    int64_t linger; /* a length */
    int64_t linger_deadline;

    fx_ladder ladder;
    struct fx_ladder_state climbing;
    bool has_climbed; /* the ladder has begun */
    bool is_stopping; /* and is not at its end */
    bool asked_to_stop;
    int stop_code;
    fx_ending ending;
    bool hurried;   /* asked to stop when all children had ended */
    bool only_rest; /* the linger is over */
    bool held;
    bool finished;
    int result;

    struct pollfd *polled;
    struct fx_watch *watches;
    size_t room;
    unsigned char scratch[FX_READ_SIZE];
};

/* Whether there still is what can be late: children that run, or streams without any. */
static inline bool fx_drain_goes_on(const struct fx_drain *drain) {
    return drain->running > 0 || drain->child_count == 0;
}

/* ---- its streams ---- */

struct fx_reading fx_drain_begin_reading(struct fx_drain *drain);
void fx_drain_end_reading(struct fx_drain *drain, const struct fx_reading *reading, bool *broke);
void fx_drain_read(struct fx_drain *drain, struct fx_reader *reader, size_t most,
                   struct fx_reading *reading);
/*
 * What is there at this moment, and not what a grandchild goes on writing. A tee that is stuck is
 * waited for, unless it is late.
 */
void fx_drain_read_rest(struct fx_drain *drain, bool is_late, bool *broke);
bool fx_drain_is_open(const struct fx_drain *drain);
/* Read no more of those that somebody still holds, once their bytes have arrived. */
void fx_drain_give_up(struct fx_drain *drain);

/* ---- what it waits for ---- */

/* What it waits for now; at most `room` are written. `watches` may be NULL. */
size_t fx_drain_list(const struct fx_drain *drain, struct pollfd *list, struct fx_watch *watches,
                     size_t room);
/* The milliseconds after which it wants to run whatever happens; -1: never. */
int fx_drain_timeout(const struct fx_drain *drain);

#endif
