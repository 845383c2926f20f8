/* SPDX-License-Identifier: MIT
 *
 * What is stored of a stream: its first bytes, its last bytes, or both, within a bound that holds
 * while it is read.
 */
#ifndef FX_STORE_H
#define FX_STORE_H

#include <stddef.h>

#include "forkexec.h"

struct fx_store {
    unsigned char *data;
    size_t room;   /* of `data` as it is now */
    size_t used;   /* of `data`, head and tail together */
    size_t most;   /* bound of both; SIZE_MAX: none */
    size_t first;  /* bound of the head: the rest of `most` is a ring of the last bytes */
    size_t oldest; /* in a full ring, where the oldest byte is, counted from its beginning */
};

void fx_store_begin(struct fx_store *store, fx_keep keep, size_t most);
/* Bytes are dropped as the bound says. -ENOMEM: those that had no room are lost. */
int fx_store_add(struct fx_store *store, const void *data, size_t size);
/* Put what is there into its order: the head, then the last bytes. */
void fx_store_settle(struct fx_store *store);
/* How much of what is stored is the beginning of the stream. */
size_t fx_store_head(const struct fx_store *store, unsigned long long seen);
void fx_store_end(struct fx_store *store);

#endif
