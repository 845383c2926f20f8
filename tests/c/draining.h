/* SPDX-License-Identifier: MIT
 *
 * For the tests of the drain: a child that does what it is told (tests/programs/talk.c), and a
 * drain of its streams.
 *
 *     struct talk talk;
 *     talk_begin(&talk, ARGV("talk", "out", "100"));
 *     talk.outputs[0].most = (fx_count)FX_COUNT(10);
 *     talk_run(&talk, 0);
 *     ... talk_state(&talk), talk_output(&talk, 0) ...
 *     talk_end(&talk);
 */
#ifndef FX_TEST_DRAINING_H
#define FX_TEST_DRAINING_H

#include <pthread.h>

#include "support.h"

/* Milliseconds that are never waited for, unless something hangs. */
enum { LONG = 60000 };

struct talk {
    fx_child child;
    fx_child *children[1];
    fx_input input;
    fx_output outputs[2]; /* standard output and error, both stored */
    fx_drain_options options;
    fx_drain *drain;
    int control; /* the child's descriptor 3 ends when this is closed */
    char *before;
};

/* Every test in which it may matter is done with the pidfd and without. */
extern int by_pid;
#define EACH_WAY for (by_pid = 0; by_pid < 2; by_pid++)

/* Start it, with all three streams as pipes; the options are to drain both outputs. */
void talk_begin(struct talk *talk, char *const argv[]);
/* The same of a command of one's own. */
void talk_start(struct talk *talk, fx_command command);
/* Of these bytes, until the drain is closed. */
void talk_feed(struct talk *talk, const void *data, size_t size);
/* Close its standard input, for one that is not fed. */
void talk_close_input(struct talk *talk);
/* Open the drain, if it is not. */
void talk_open(struct talk *talk);
/* Run to the end, and let that be this result. */
void talk_run(struct talk *talk, int result);
/* Run until so many bytes of an output have been read. */
void talk_until(struct talk *talk, size_t output, unsigned long long seen);
/* Let end whoever waits for that. */
void talk_release(struct talk *talk);
fx_drain_state talk_state(const struct talk *talk);
fx_drained talk_output(const struct talk *talk, size_t n);
/* Close everything; this process is as it was. How the child ended. */
fx_exit talk_end(struct talk *talk);

/* That it stored this much of the pattern, from the beginning; and the end of it is complete. */
void assert_captured(const struct talk *talk, size_t output, size_t size);
/* That these are the bytes of the pattern from this place on. */
void assert_pattern(const void *data, size_t size, int stream, unsigned long long place);
void assert_reaped(const fx_child *child);
/* So many bytes of the pattern of standard output; to be freed. */
unsigned char *new_pattern(size_t size);

/* ---- tees ---- */

/* Standard output goes to these, too. */
void talk_tee(struct talk *talk, const int *fds, size_t count);
/* The caller's descriptor stays as it was. */
void assert_blocking(int fd);
void new_socket(int ends[2]);

/* A thread that reads to the end, at most so much. */
enum { MOST_HEARD = 300000 };
struct listener {
    pthread_t thread;
    int fd;
    size_t size;
    char *text;
};
void begin_to_listen(struct listener *listener, int fd);
/* That it came to the end, and what it heard. */
void assert_heard(struct listener *listener, size_t size);

#endif
