/* SPDX-License-Identifier: MIT
 *
 * The job log: a line for each command that has ended, in GNU parallel's columns. Beside it lies
 * FILE.running, which says what was started and has no line yet, however this process ends.
 */
#ifndef FORKEXEC_CLI_BATCH_JOBLOG_H
#define FORKEXEC_CLI_BATCH_JOBLOG_H

#include "record.h"

/* What is known of each command, by its number. */
enum { FATE_NONE = 0, FATE_SUCCEEDED = 1, FATE_FAILED = 2, FATE_STOPPED = 3 };

struct joblog {
    int fd; /* -1: there is none */
    char *path;
    char *running_path;
    unsigned char *fates; /* of the log as it was found; NULL: of none */
    char *line;           /* for the next line */
    size_t room;
    /* The mapped file: a number for each slot, 0 when nothing runs in it. */
    volatile unsigned long long *slots;
    size_t slot_count;
};

/* How a command ended, for its line. */
struct ending {
    size_t number;
    long long started;  /* nanoseconds since the Epoch */
    long long duration; /* nanoseconds */
    int status;         /* -1: it was ended because the batch was */
    int signal;
};

/*
 * Open, lock and read the log. With `resume` it may have lines, which have to be those of these
 * commands; what was cut off is told on standard error. 0, or -EINVAL after a complaint.
 */
int joblog_open(struct joblog *log, const struct batch_options *options,
                const struct records *records, size_t jobs);
/* Nothing more will be started: what the slots said has been done. */
void joblog_close(struct joblog *log);

/* A command begins to run in a slot; it has ended, and has its line. No system call. */
void joblog_started(struct joblog *log, size_t slot, size_t number);
void joblog_left(struct joblog *log, size_t slot);

/* The line of a command, in one write. 0 or a negative errno. */
int joblog_write(struct joblog *log, const struct ending *ending, const char *command);

int joblog_fate(const struct joblog *log, size_t number);

/* For joblog_open(): */
int joblog_read(struct joblog *log, const struct records *records);
int joblog_open_running(struct joblog *log, const struct records *records, size_t jobs,
                        bool resume);

#endif
