/* SPDX-License-Identifier: MIT
 *
 * A stream in whole lines, perhaps each with a tag before it.
 */
#ifndef FORKEXEC_CLI_BATCH_LINES_H
#define FORKEXEC_CLI_BATCH_LINES_H

#include <stdbool.h>
#include <stddef.h>

struct lines {
    char *text;
    size_t used;
    size_t room;
    bool inside; /* the last byte ended no line */
};

/* Add bytes; `tag` may be NULL. The number of bytes at the beginning of `text` that are to go. */
size_t lines_add(struct lines *lines, const char *tag, const char *data, size_t size);
/* The stream has ended: its last line ends, too. */
size_t lines_finish(struct lines *lines);
/* They have gone. */
void lines_take(struct lines *lines, size_t size);
void lines_free(struct lines *lines);

#endif
