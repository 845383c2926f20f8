/* SPDX-License-Identifier: MIT
 *
 * What goes into a child: from memory, or from a descriptor through a buffer.
 */
#ifndef FX_FEED_H
#define FX_FEED_H

#include <stdbool.h>
#include <stddef.h>

#include "forkexec.h"

struct fx_feed {
    int fd;     /* the child's end is the other one; -1: nothing more to feed */
    int source; /* -1: from memory, or at its end */
    const unsigned char *data;
    size_t size;
    size_t at;
    unsigned char *buffer; /* of the source */
    unsigned long long fed;
    int code;
};

/* -ENOMEM. The descriptor is not taken over then. */
int fx_feed_begin(struct fx_feed *feed, const fx_input *input);
/* Whether the source is to be read now. */
bool fx_feed_wants_source(const struct fx_feed *feed);
/* As much as can be now. `*broke` is set if nobody reads any more. */
void fx_feed_read_source(struct fx_feed *feed);
void fx_feed_write(struct fx_feed *feed, bool *broke);
/* The reader has gone, which poll(2) tells also while there is nothing to write. */
void fx_feed_lost_reader(struct fx_feed *feed);
/* The children have ended: what has not been fed will not be. */
void fx_feed_give_up(struct fx_feed *feed);
void fx_feed_stop(struct fx_feed *feed);
void fx_feed_end(struct fx_feed *feed);

#endif
