/* SPDX-License-Identifier: MIT
 *
 * A stream that comes out of a child, and the places where its bytes go.
 */
#ifndef FX_READER_H
#define FX_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "store.h"
#include "tee.h"

enum { FX_READ_SIZE = 64 * 1024 };

struct fx_reader {
    int fd; /* -1: at its end, or given up */
    bool stores;
    struct fx_store store;
    /* With FX_KEEP_STOP more than this stops the child. */
    bool has_bound;
    unsigned long long bound;
    int (*function)(void *argument, const void *data, size_t size);
    void *argument;
    struct fx_tee *tees;
    size_t tee_count;
    /* What is to be written to them. Nothing is read before that is done. */
    unsigned char *pending;
    size_t pending_size;

    /* When others alone hold it: the bytes that were there then, and are still to be read. */
    bool only_rest;
    size_t rest;

    unsigned long long seen;
    bool complete;
    int code;
    int tee_code;
};

/* What a read has brought about. */
struct fx_reading {
    unsigned char *scratch; /* FX_READ_SIZE bytes for who has no pending ones */
    unsigned long long
        *budget; /* bytes that streams kept by their heads may still store; NULL: any */
    bool broke;  /* a write met a pipe without a reader */
    bool function_stops;
    bool bound_stops;
};

/* -ENOMEM. The descriptor is not taken over then. */
int fx_reader_begin(struct fx_reader *reader, const fx_output *output, size_t most);
/* One read, of at most `most` bytes. How many, 0 for none. */
size_t fx_reader_read(struct fx_reader *reader, size_t most, struct fx_reading *reading);
bool fx_reader_is_blocked(const struct fx_reader *reader);
/* As much as the tees take now. */
void fx_reader_write_tees(struct fx_reader *reader, struct fx_reading *reading);
/* Those that take nothing now are given up. */
void fx_reader_leave_out_blocked(struct fx_reader *reader);
/* Bytes that are there now. */
size_t fx_reader_waiting(const struct fx_reader *reader);
/* It has been read to its end. */
void fx_reader_complete(struct fx_reader *reader);
/* Read no more; `code` says why, 0 if there is nothing more. */
void fx_reader_stop(struct fx_reader *reader, int code);
void fx_reader_end(struct fx_reader *reader);

#endif
