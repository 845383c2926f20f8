/* SPDX-License-Identifier: MIT
 *
 * forkexec run: one command, and what is done for it until it ends.
 */
#ifndef FORKEXEC_CLI_RUN_H
#define FORKEXEC_CLI_RUN_H

#include <poll.h>
#include <signal.h>

#include "follow/tee.h"
#include "request.h"

/* ---- signals to forkexec itself: run_signals.c ---- */

struct notice {
    int number;
    bool of_terminal; /* whoever is in its foreground has got it, too */
};

/*
 * Catch what a supervisor passes on; what is ignored stays ignored. The descriptor to be
 * polled for notices, or a failure, the complaint printed.
 */
int signals_catch(void);
/* The next one that has come; false: none. */
bool signals_next(struct notice *notice);

/* ---- lines of JSON: run_report.c ---- */

enum { REPORTS = 2 };

struct report {
    int descriptors[REPORTS]; /* -1: none */
};

/* How it ended, as it is told. */
struct outcome {
    fx_exit end;
    const char *ending;
    bool held;
    int status; /* that forkexec exits with */
};

struct run;

/* 0, or -EINVAL after a complaint. */
int report_open(struct report *report, const struct request *request);
void report_started(const struct run *run);
void report_setup_failed(const struct run *run, const fx_error *error);
/* `why` is the name of an ending, or "signal". */
void report_stopping(const struct run *run, const char *why, int signal);
void report_exited(const struct run *run, const struct outcome *outcome);
void report_close(struct report *report);

/* ---- standard output and standard error: run_stream.c ---- */

enum { STREAMS = 2, STREAM_BUFFER = 64 * 1024 };

/* A file, or a stream of forkexec's own, that a stream of the command is written to. */
struct target {
    struct fx_tee tee;
    const char *name;
};

/*
 * Through a pipe of its own, from the drain, a stream is passed on at the pace of the slowest
 * target, up to its bound. Then, and when nobody reads it any more, the pipe is closed.
 */
struct stream {
    const char *name;
    int number;      /* 1 or 2 */
    fx_drain *drain; /* of which it is the output before its number, until that is over */
    int drain_end;   /* what the drain writes to; -1: what it reads is stored */
    int source;      /* the other end; -1: over */
    struct target *targets;
    size_t target_count;
    unsigned long long most;
    unsigned long long passed;
    fx_drained drained;
    bool failed; /* not all arrived, and that was said */
    size_t filled;
    unsigned char buffer[STREAM_BUFFER];
};

/* The pipe for it. 0, or -EINVAL after a complaint. */
int stream_open(struct stream *stream);
/* What it waits for now; at most one more than its targets. */
size_t stream_interest(const struct stream *stream, struct pollfd *list);
/* Pass on what can be now. */
void stream_pump(struct stream *stream);
/* Nothing more comes from the drain. */
void stream_finish(struct stream *stream);
/* Bytes that were stored, when the command has ended. */
void stream_write(struct stream *stream, const void *data, size_t size);
void stream_close(struct stream *stream);

/* ---- which streams there are, and their ends: run_output.c ---- */

/* Whether the streams have to be pipes. */
bool output_is_piped(const struct supervision *asked);
int output_open(struct run *run);
/* What the drain is to do with each. */
void output_describe(struct run *run, fx_output outputs[STREAMS]);
/* Look at what has come; true: more than the bound, and the command is to be stopped. */
bool output_is_over(struct run *run);
/* When the drain is done: what was stored, and what is to be said. False: not all arrived. */
bool output_finish(struct run *run);

/* ---- a signal that is passed on: run_forward.c ---- */

/* Take all notices: pass them on, and begin to stop. */
void forward_notices(struct run *run);
/* The milliseconds until SIGKILL is due, -1: never; and send it when it is. */
int forward_timeout(const struct run *run);
void forward_due(struct run *run);

/* ---- strangers: run_reaper.c ---- */

/* Whether forkexec is process 1, or was asked to be like it. -1 after a complaint. */
int reaper_begin(const struct request *request);
/* Reap those that are not the command. */
void reaper_reap(const struct run *run);
/* The command has ended: stop the others. */
void reaper_stop_rest(struct run *run);

/* ---- all of it: run.c ---- */

struct run {
    struct request *request;
    fx_child child;
    fx_scope scope;
    fx_drain *drain;
    fx_output outputs[STREAMS];
    struct report report;
    struct stream *streams; /* STREAMS of them, or NULL: they are inherited */
    int notices;            /* the descriptor */
    bool reaper;
    bool ended;        /* the command, and the drain */
    bool stopping;     /* a signal that ends programs was passed on */
    bool ladder_told;  /* that the ladder has begun */
    bool over_output;  /* because of the bound */
    bool hurried;      /* a signal that ends programs came meanwhile */
    long long kill_at; /* milliseconds of CLOCK_MONOTONIC; 0: not */
};

/* Milliseconds of CLOCK_MONOTONIC. */
long long now(void);

#endif
