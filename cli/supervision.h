/* SPDX-License-Identifier: MIT
 *
 * What is asked of forkexec while the command runs: deadlines, bounds, and what is told. Times are
 * in milliseconds.
 */
#ifndef FORKEXEC_CLI_SUPERVISION_H
#define FORKEXEC_CLI_SUPERVISION_H

#include <forkexec.h>

/* A list that grows, of elements of one size, with one element of zeros behind the last. */
struct list {
    void *data;
    size_t count;
};

struct supervision {
    fx_count timeout;
    fx_count idle_timeout;
    fx_count kill_after;
    fx_count linger;
    int stop_signal; /* 0: SIGTERM */
    bool scope_given;
    fx_scope_kind scope;
    fx_count max_output; /* bytes, of each stream */
    fx_number keep;      /* an fx_keep */
    struct list tee;     /* names of files, for standard output and standard error alike */
    struct list tee_stdout;
    struct list tee_stderr;
    fx_number status_descriptor;
    bool preserve_status;
    bool subreaper;
};

/*
 * What of these changes the command itself: a scope that needs a group or a session of the child's.
 * 0, or -EINVAL after a complaint.
 */
struct request;
int supervision_complete(struct request *request);

/* The scope to be stopped; `cgroup` gets a descriptor to be closed, or -1. */
int supervision_scope(struct request *request, fx_scope *scope);

/* The rungs of the ladder: the signal and, if it is asked for, SIGKILL. Their number. */
enum { RUNGS = 2 };
size_t supervision_rungs(const struct supervision *supervision, fx_rung rungs[RUNGS]);

#endif
