/* SPDX-License-Identifier: MIT
 *
 * What commands write, on its way to where forkexec's own output goes: in pieces that are not
 * mixed, and perhaps in order. What has to wait beyond some memory goes to one unnamed file.
 */
#ifndef FORKEXEC_CLI_BATCH_OUTPUT_H
#define FORKEXEC_CLI_BATCH_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct extent {
    off_t offset;
    off_t size;
};

/* Some of a stream: first what is in the file, then what is in memory. */
struct spool {
    struct extent *extents;
    size_t extent_count;
    char *memory;
    size_t used;
    size_t room;
};

/* The output of one command. */
struct group {
    size_t position; /* in the order of output */
    bool finished;
    bool final; /* this try is the last: nothing of it will be taken back */
    size_t held;
    struct spool spools[2];
};

struct output {
    bool at_once;    /* pieces are lines, not whole outputs */
    bool keep_order; /* else the order is that of the ends */
    int code;        /* why nothing can be written any more; or 0 */
    int spill;       /* the file, or -1 */
    off_t spill_end;
    off_t spilled; /* bytes in it that are still wanted */
    size_t held;   /* bytes in memory of commands that have ended */
    size_t next;   /* whose turn it is */
    struct group **window;
    size_t room;
    /* Called before something is written; may be NULL. */
    void (*before)(void *argument);
    void *argument;
};

void output_begin(struct output *output);
struct group *job_output_open(struct output *output, size_t position);
/* `stream` is 0 for standard output, 1 for standard error. */
void output_put(struct output *output, struct group *group, int stream, const char *data,
                size_t size);
/* Forget what the try before has written. */
void output_retry(struct output *output, struct group *group);
/* The command has ended; the group ends when its turn has come. */
void output_close(struct output *output, struct group *group);
void output_end(struct output *output);

/* For output.c: */
int spool_add(struct output *output, struct spool *spool, const char *data, size_t size);
int spool_spill(struct output *output, struct spool *spool);
int spool_write(struct output *output, struct spool *spool, int fd);
void spool_drop(struct output *output, struct spool *spool);
int write_fully(int fd, const char *data, size_t size);

#endif
