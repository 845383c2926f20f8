/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "platform.h"
#include "run.h"

static void close_end(int *fd) {
    if (*fd >= 0)
        (void)close(*fd);
    *fd = -1;
}

int stream_open(struct stream *stream) {
    int ends[2];
    int result = open_pipe(ends);
    if (result < 0)
        return complain(NULL, "pipe: %s", strerror(-result));
    stream->source = ends[0];
    stream->drain_end = ends[1];
    return 0;
}

/* Nobody takes what the command writes, so it is to get SIGPIPE, as it would without forkexec. */
static void hang_up(struct stream *stream) {
    close_end(&stream->source);
    stream->filled = 0;
    if (stream->drain)
        (void)fx_drain_hang_up(stream->drain, (size_t)stream->number - 1);
}

static void leave_out(struct stream *stream, size_t n, int code) {
    struct target *target = &stream->targets[n];
    target->tee.fd = -1;
    /* The first one is forkexec's own stream. Who has closed it does not want to hear of it. */
    if (n > 0 || code != -EPIPE) {
        (void)complain(NULL, "%s: %s", target->name, strerror(-code));
        stream->failed = true;
    }
    if (n == 0)
        hang_up(stream);
}

static bool is_pending(const struct stream *stream, size_t n) {
    const struct fx_tee *tee = &stream->targets[n].tee;
    return tee->fd >= 0 && tee->done < stream->filled;
}

static bool is_blocked(const struct stream *stream) {
    for (size_t n = 0; n < stream->target_count; n++)
        if (is_pending(stream, n))
            return true;
    return false;
}

static void write_pending(struct stream *stream) {
    for (size_t n = 0; n < stream->target_count; n++) {
        if (!is_pending(stream, n))
            continue;
        int code = fx_tee_write(&stream->targets[n].tee, stream->buffer, stream->filled);
        if (code < 0)
            leave_out(stream, n, code);
    }
}

size_t stream_interest(const struct stream *stream, struct pollfd *list) {
    size_t count = 0;
    for (size_t n = 0; n < stream->target_count; n++)
        if (is_pending(stream, n))
            list[count++] = (struct pollfd){.fd = stream->targets[n].tee.fd, .events = POLLOUT};
    if (count == 0 && stream->source >= 0)
        list[count++] = (struct pollfd){.fd = stream->source, .events = POLLIN};
    return count;
}

/* False: nothing is there, or nothing more comes. */
static bool fill(struct stream *stream) {
    unsigned long long left = stream->most - stream->passed;
    size_t room = left < sizeof stream->buffer ? (size_t)left : sizeof stream->buffer;
    ssize_t size = room > 0 ? read(stream->source, stream->buffer, room) : 0;
    if (size < 0)
        return errno == EINTR;
    if (size == 0) {
        close_end(&stream->source);
        return false;
    }
    stream->filled = (size_t)size;
    stream->passed += (size_t)size;
    for (size_t n = 0; n < stream->target_count; n++)
        stream->targets[n].tee.done = 0;
    return true;
}

void stream_pump(struct stream *stream) {
    /* Signals and deadlines are to be seen to between. */
    enum { TURNS = 16 };
    for (int turn = 0; turn < TURNS; turn++) {
        write_pending(stream);
        if (is_blocked(stream) || stream->source < 0 || !fill(stream))
            return;
    }
}

void stream_finish(struct stream *stream) {
    stream->drain = NULL;
    close_end(&stream->drain_end);
}

void stream_write(struct stream *stream, const void *data, size_t size) {
    for (size_t n = 0; n < stream->target_count; n++) {
        struct fx_tee *tee = &stream->targets[n].tee;
        tee->done = 0;
        while (tee->fd >= 0 && tee->done < size) {
            struct pollfd polled = {.fd = tee->fd, .events = POLLOUT};
            (void)poll(&polled, 1, -1);
            int code = fx_tee_write(tee, data, size);
            if (code < 0)
                leave_out(stream, n, code);
        }
    }
}

void stream_close(struct stream *stream) {
    close_end(&stream->source);
    close_end(&stream->drain_end);
    /* The first target is forkexec's own stream. */
    for (size_t n = 1; n < stream->target_count; n++)
        close_end(&stream->targets[n].tee.fd);
    free(stream->targets);
}
