/* SPDX-License-Identifier: MIT */
#include "store.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 4096 };

void fx_store_begin(struct fx_store *store, fx_keep keep, size_t most) {
    *store = (struct fx_store){.most = most, .first = most};
    if (keep == FX_KEEP_TAIL && most != SIZE_MAX)
        store->first = 0;
    else if (keep == FX_KEEP_HEAD_AND_TAIL && most != SIZE_MAX)
        store->first = most / 2;
}

static size_t smaller(size_t one, size_t other) { return one < other ? one : other; }

/* Twice as much each time, but never beyond the bound: that is all the memory there will be. */
static int make_room(struct fx_store *store, size_t size) {
    if (size <= store->room)
        return 0;
    size_t room = store->room > 0 ? store->room : FIRST_ROOM;
    while (room < size)
        room = room > SIZE_MAX / 2 ? size : room * 2;
    room = smaller(room, store->most);
    unsigned char *data = realloc(store->data, room);
    if (!data)
        return -ENOMEM;
    store->data = data;
    store->room = room;
    return 0;
}

/* Into a ring that is full, over the oldest bytes. */
static void turn(struct fx_store *store, const unsigned char *data, size_t size) {
    size_t length = store->most - store->first;
    unsigned char *ring = store->data + store->first;
    if (size > length) {
        data += size - length;
        size = length;
    }
    size_t before_end = smaller(size, length - store->oldest);
    memcpy(ring + store->oldest, data, before_end);
    memcpy(ring, data + before_end, size - before_end);
    store->oldest = (store->oldest + size) % length;
}

int fx_store_add(struct fx_store *store, const void *data, size_t size) {
    size_t appended = smaller(size, store->most - store->used);
    if (appended > 0) {
        int result = make_room(store, store->used + appended);
        if (result < 0)
            return result;
        memcpy(store->data + store->used, data, appended);
        store->used += appended;
    }
    if (appended < size && store->first < store->most)
        turn(store, (const unsigned char *)data + appended, size - appended);
    return 0;
}

static void reverse(unsigned char *data, size_t size) {
    for (size_t i = 0; i < size / 2; i++) {
        unsigned char byte = data[i];
        data[i] = data[size - 1 - i];
        data[size - 1 - i] = byte;
    }
}

void fx_store_settle(struct fx_store *store) {
    if (store->oldest == 0)
        return;
    /* A rotation in place is three reversals: no second buffer of this size. */
    unsigned char *ring = store->data + store->first;
    size_t length = store->most - store->first;
    reverse(ring, store->oldest);
    reverse(ring + store->oldest, length - store->oldest);
    reverse(ring, length);
    store->oldest = 0;
}

size_t fx_store_head(const struct fx_store *store, unsigned long long seen) {
    return seen <= store->used ? store->used : smaller(store->first, store->used);
}

void fx_store_end(struct fx_store *store) { free(store->data); }
