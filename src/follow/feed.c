/* SPDX-License-Identifier: MIT */
#include "feed.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

enum { BUFFER_SIZE = 64 * 1024 };

int fx_feed_begin(struct fx_feed *feed, const fx_input *input) {
    *feed = (struct fx_feed){.fd = input->descriptor, .source = -1};
    if (!input->from_descriptor) {
        feed->data = input->data;
        feed->size = input->size;
        return 0;
    }
    feed->source = input->source;
    feed->data = feed->buffer = malloc(BUFFER_SIZE);
    return feed->buffer ? 0 : -ENOMEM;
}

bool fx_feed_wants_source(const struct fx_feed *feed) {
    return feed->fd >= 0 && feed->source >= 0 && feed->at == feed->size;
}

static bool wants_room(const struct fx_feed *feed) {
    return feed->fd >= 0 && feed->at < feed->size;
}

/* One read only: a second one might have to wait. */
void fx_feed_read_source(struct fx_feed *feed) {
    ssize_t size;
    do
        size = read(feed->source, feed->buffer, BUFFER_SIZE);
    while (size < 0 && errno == EINTR);
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
        return;
    if (size < 0)
        feed->code = -errno;
    feed->at = 0;
    feed->size = size > 0 ? (size_t)size : 0;
    if (size <= 0)
        feed->source = -1;
}

void fx_feed_lost_reader(struct fx_feed *feed) {
    if (feed->code == 0)
        feed->code = -EPIPE;
    fx_feed_stop(feed);
}

void fx_feed_give_up(struct fx_feed *feed) {
    if (fx_feed_wants_source(feed) || wants_room(feed))
        fx_feed_lost_reader(feed);
    else
        fx_feed_stop(feed);
}

/* One write only: beside a reader that is as fast as we are there would be no end of them. */
static void write_once(struct fx_feed *feed, bool *broke) {
    ssize_t written;
    do
        written = write(feed->fd, feed->data + feed->at, feed->size - feed->at);
    while (written < 0 && errno == EINTR);
    if (written >= 0) {
        feed->at += (size_t)written;
        feed->fed += (size_t)written;
    } else if (errno != EAGAIN && errno != EWOULDBLOCK) {
        *broke = *broke || errno == EPIPE;
        feed->code = -errno;
        fx_feed_stop(feed);
    }
}

/* At the end of it all, too: the end of file is to be passed on. */
void fx_feed_write(struct fx_feed *feed, bool *broke) {
    if (wants_room(feed))
        write_once(feed, broke);
    if (feed->at == feed->size && feed->source < 0)
        fx_feed_stop(feed);
}

void fx_feed_stop(struct fx_feed *feed) {
    if (feed->fd >= 0)
        (void)close(feed->fd);
    feed->fd = feed->source = -1;
}

void fx_feed_end(struct fx_feed *feed) {
    fx_feed_stop(feed);
    free(feed->buffer);
}
