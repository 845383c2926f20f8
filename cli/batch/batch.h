/* SPDX-License-Identifier: MIT
 *
 * A batch under way.
 */
#ifndef FORKEXEC_CLI_BATCH_BATCH_H
#define FORKEXEC_CLI_BATCH_BATCH_H

#include <poll.h>

#include "joblog.h"
#include "lines.h"
#include "output.h"
#include "progress.h"
#include "record.h"

struct batch;
struct job;

/* A stream of a command that is read, because its output is not its own affair. */
struct stream {
    struct job *job;
    int number; /* 0 or 1, as output_put() has it */
    unsigned long long passed, dropped;
    struct lines lines;
};

enum job_state {
    JOB_FREE = 0,
    JOB_WAITING, /* the kernel had no room for it; it is tried again when another one has ended */
    JOB_RUNNING
};

/* A slot, and what runs in it. */
struct job {
    struct batch *batch;
    enum job_state state;
    size_t slot;
    size_t number;
    int tries;         /* so far, with this one */
    bool stopped;      /* we have ended it, as the batch is to end */
    long long started; /* nanoseconds since the Epoch */
    fx_child child;
    fx_drain *drain; /* NULL: nothing of it is read, and there is no time limit */
    size_t first_polled, polled_count;
    long long due; /* when the drain wants to run: milliseconds of CLOCK_MONOTONIC; -1: never */
    struct group *group;
    struct stream streams[2];
    char *tag;
};

enum phase {
    PHASE_RUNNING = 0,
    PHASE_DRAINING, /* nothing more is started */
    PHASE_STOPPING  /* and what runs is ended */
};

struct batch {
    struct batch_options options;
    fx_command command; /* what all commands have in common */
    fx_rung rungs[2];
    fx_ladder ladder;
    struct records records;
    struct parsed parsed;
    /* What the command line and the record say, together. */
    struct list environment_set, environment_unset;
    struct joblog log;
    struct output output;
    struct progress progress;
    struct tally tally;
    struct job *jobs;
    size_t job_count;
    size_t running, waiting;
    size_t next;     /* the number to be looked at next */
    size_t position; /* of the next group */
    struct pollfd *polled;
    size_t polled_room;
    int null;    /* /dev/null */
    int signals; /* descriptor */
    enum phase phase;
    long long stop_at; /* when PHASE_STOPPING begins; -1: not by the clock */
    int signal;        /* that told us to end */
    bool halted;
    bool broken; /* we cannot go on: the job log or standard output failed */
    bool log_failed;
    int last_failure; /* the status of the last command that failed */
};

/* Run everything. */
void batch_run(struct batch *batch);

/* ---- job.c ---- */

/* Start, or try again, what is in the slot: RUNNING, WAITING, or FREE because it has failed. */
void job_start(struct job *job);
/* Look at it, as something of it is ready. */
void job_step(struct job *job);
/* Begin to end it. */
void job_stop(struct job *job);
/* It never ran: away with it. */
void job_forget(struct job *job);

/* ---- start.c ---- */

/* 0; -EAGAIN: later; or the status of one that cannot be started, after a complaint. */
int job_spawn(struct job *job);

/* ---- loop.c ---- */

long long milliseconds_now(void);
/* The next record that is to be run; 0: there is none. */
size_t batch_next(struct batch *batch);
/* Begin to end. */
void batch_drain(struct batch *batch);
void batch_stop(struct batch *batch);
/* We cannot go on. */
void batch_break(struct batch *batch);

/* ---- verdict.c ---- */

/* Whether there are tries left. */
bool job_may_try_again(const struct job *job);
/* A command has ended: its log, its output, and what follows for the batch. True: try it again. */
bool job_judge(struct job *job, const fx_exit *end, bool timed_out);
/* One that could not be started. */
bool job_judge_failure(struct job *job, int status);

#endif
