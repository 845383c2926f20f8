/* SPDX-License-Identifier: MIT */
#include "reader.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

int fx_reader_begin(struct fx_reader *reader, const fx_output *output, size_t most) {
    *reader = (struct fx_reader){
        .fd = output->descriptor,
        .stores = output->store,
        .has_bound = output->store && output->keep == FX_KEEP_STOP && output->most.set,
        .bound = output->most.value,
        .function = output->function,
        .argument = output->argument,
        .tee_count = output->tee_count,
    };
    fx_store_begin(&reader->store, output->keep, output->store ? most : 0);
    if (output->tee_count == 0)
        return 0;
    reader->tees = calloc(output->tee_count, sizeof *reader->tees);
    reader->pending = malloc(FX_READ_SIZE);
    if (!reader->tees || !reader->pending)
        return -ENOMEM;
    for (size_t i = 0; i < output->tee_count; i++)
        fx_tee_begin(&reader->tees[i], output->tee[i]);
    return 0;
}

/* A stream kept by its tail has its share set apart, and draws on no budget. */
static void store(struct fx_reader *reader, const unsigned char *data, size_t size,
                  struct fx_reading *reading) {
    bool draws = reading->budget && reader->store.first == reader->store.most;
    if (draws && size > *reading->budget)
        size = (size_t)*reading->budget;
    size_t before = reader->store.used;
    int result = fx_store_add(&reader->store, data, size);
    if (result < 0 && reader->code == 0)
        reader->code = result;
    if (draws)
        *reading->budget -= reader->store.used - before;
}

static void pass_on(struct fx_reader *reader, const unsigned char *data, size_t size,
                    struct fx_reading *reading) {
    reader->seen += size;
    if (reader->stores)
        store(reader, data, size, reading);
    if (reader->has_bound && reader->seen > reader->bound)
        reading->bound_stops = true;
    if (reader->function && reader->function(reader->argument, data, size) != 0)
        reading->function_stops = true;
    if (reader->tee_count == 0)
        return;
    reader->pending_size = size;
    for (size_t i = 0; i < reader->tee_count; i++)
        reader->tees[i].done = 0;
    fx_reader_write_tees(reader, reading);
}

size_t fx_reader_read(struct fx_reader *reader, size_t most, struct fx_reading *reading) {
    unsigned char *data = reader->pending ? reader->pending : reading->scratch;
    ssize_t size;
    do
        size = read(reader->fd, data, most < FX_READ_SIZE ? most : FX_READ_SIZE);
    while (size < 0 && errno == EINTR);
    if (size > 0) {
        pass_on(reader, data, (size_t)size, reading);
        return (size_t)size;
    }
    if (size == 0)
        fx_reader_complete(reader);
    else if (errno != EAGAIN && errno != EWOULDBLOCK)
        fx_reader_stop(reader, -errno);
    return 0;
}

bool fx_reader_is_blocked(const struct fx_reader *reader) {
    for (size_t i = 0; i < reader->tee_count; i++)
        if (reader->tees[i].fd >= 0 && reader->tees[i].done < reader->pending_size)
            return true;
    return false;
}

void fx_reader_write_tees(struct fx_reader *reader, struct fx_reading *reading) {
    for (size_t i = 0; i < reader->tee_count; i++) {
        struct fx_tee *tee = &reader->tees[i];
        int result = tee->fd >= 0 ? fx_tee_write(tee, reader->pending, reader->pending_size) : 0;
        if (result == 0)
            continue;
        reading->broke = reading->broke || result == -EPIPE;
        tee->fd = -1;
        if (reader->tee_code == 0)
            reader->tee_code = result;
    }
}

void fx_reader_leave_out_blocked(struct fx_reader *reader) {
    for (size_t i = 0; i < reader->tee_count; i++) {
        struct fx_tee *tee = &reader->tees[i];
        if (tee->fd < 0 || tee->done == reader->pending_size)
            continue;
        tee->fd = -1;
        if (reader->tee_code == 0)
            reader->tee_code = -ETIMEDOUT;
    }
}

size_t fx_reader_waiting(const struct fx_reader *reader) {
    int size = 0;
    /* Who cannot tell has at most as much as a pipe usually holds. */
    if (ioctl(reader->fd, FIONREAD, &size) < 0)
        return FX_READ_SIZE;
    return size > 0 ? (size_t)size : 0;
}

void fx_reader_complete(struct fx_reader *reader) {
    reader->complete = true;
    fx_reader_stop(reader, 0);
}

void fx_reader_stop(struct fx_reader *reader, int code) {
    if (reader->fd >= 0)
        (void)close(reader->fd);
    reader->fd = -1;
    if (reader->code == 0)
        reader->code = code;
}

void fx_reader_end(struct fx_reader *reader) {
    fx_reader_stop(reader, 0);
    fx_store_end(&reader->store);
    free(reader->tees);
    free(reader->pending);
}
