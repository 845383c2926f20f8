/* SPDX-License-Identifier: MIT
 *
 * What a drain waits for.
 */
#include "drain.h"
#include "platform/deadline.h"

struct listing {
    struct pollfd *list;
    struct fx_watch *watches;
    size_t room;
    size_t count;
};

static void add(struct listing *listing, int fd, int events, enum fx_watched kind, size_t index) {
    if (listing->count < listing->room) {
        listing->list[listing->count] = (struct pollfd){.fd = fd, .events = (short)events};
        if (listing->watches)
            listing->watches[listing->count] = (struct fx_watch){kind, index};
    }
    listing->count++;
}

/* A stream is not read before what was read of it has arrived everywhere. */
static void add_reader(struct listing *listing, const struct fx_reader *reader, size_t index) {
    if (reader->fd < 0)
        return;
    if (!fx_reader_is_blocked(reader)) {
        add(listing, reader->fd, POLLIN, FX_WATCHED_READER, index);
        return;
    }
    for (size_t i = 0; i < reader->tee_count; i++)
        if (reader->tees[i].fd >= 0 && reader->tees[i].done < reader->pending_size)
            add(listing, reader->tees[i].fd, POLLOUT, FX_WATCHED_TEE, index);
}

/* While there is nothing to write, poll(2) still tells when nobody reads any more. */
static void add_feed(struct listing *listing, const struct fx_feed *feed) {
    if (feed->fd < 0)
        return;
    bool wants_source = fx_feed_wants_source(feed);
    add(listing, feed->fd, wants_source ? 0 : POLLOUT, FX_WATCHED_FEED, 0);
    if (wants_source)
        add(listing, feed->source, POLLIN, FX_WATCHED_SOURCE, 0);
}

size_t fx_drain_list(const struct fx_drain *drain, struct pollfd *list, struct fx_watch *watches,
                     size_t room) {
    struct listing listing = {.list = list, .watches = watches, .room = room};
    for (size_t i = 0; i < drain->child_count; i++)
        if (!drain->ended[i] && drain->children[i]->pidfd >= 0)
            add(&listing, drain->children[i]->pidfd, POLLIN, FX_WATCHED_CHILD, i);
    for (size_t i = 0; i < drain->reader_count; i++)
        add_reader(&listing, &drain->readers[i], i);
    add_feed(&listing, &drain->feed);
    int fd = drain->is_stopping ? fx_ladder_interest(&drain->climbing) : -1;
    if (fd >= 0)
        add(&listing, fd, POLLIN, FX_WATCHED_LADDER, 0);
    return listing.count;
}

/* Of two lengths, negative ones being endless. */
static int shorter(int one, int other) {
    return one < 0 || (other >= 0 && other < one) ? other : one;
}

static int until(int64_t moment) {
    struct fx_deadline deadline = {moment};
    return fx_deadline_left(&deadline);
}

/* One of nothing is so from the beginning. */
static bool is_idle(const struct fx_drain *drain) {
    return drain->running == 0 && !drain->is_stopping && drain->feed.fd < 0 &&
           !fx_drain_is_open(drain);
}

int fx_drain_timeout(const struct fx_drain *drain) {
    int timeout = -1;
    if (drain->finished || is_idle(drain) || drain->asked_to_stop || drain->function_stops ||
        drain->over_bound)
        return 0;
    if (fx_drain_goes_on(drain) && drain->ending == FX_ENDING_NONE)
        timeout = shorter(until(drain->deadline), until(drain->idle_deadline));
    if (drain->is_stopping)
        timeout = shorter(timeout, fx_ladder_timeout(&drain->climbing));
    if (drain->running == 0 && fx_drain_is_open(drain))
        timeout =
            shorter(timeout, until(drain->only_rest ? drain->deadline : drain->linger_deadline));
    if (drain->unheard > 0)
        timeout = shorter(timeout, drain->pause);
    return timeout;
}

size_t fx_drain_interest(const fx_drain *drain, struct pollfd *list, size_t room, int *timeout) {
    *timeout = fx_drain_timeout(drain);
    return fx_drain_list(drain, list, NULL, room);
}
