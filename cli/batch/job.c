/* SPDX-License-Identifier: MIT
 *
 * A slot: what runs in it is started, looked at, stopped, and followed by its next try.
 */
#include <errno.h>
#include <stdlib.h>

#include "batch.h"
#include "signals.h"

static void leave(struct job *job) {
    struct batch *batch = job->batch;
    if (job->group)
        output_close(&batch->output, job->group);
    for (int i = 0; i < 2; i++)
        lines_free(&job->streams[i].lines);
    free(job->tag);
    /* What has no line for want of room is cut off. */
    if (!batch->log_failed)
        joblog_left(&batch->log, job->slot);
    batch->running -= job->state == JOB_RUNNING;
    batch->waiting -= job->state == JOB_WAITING;
    *job = (struct job){.batch = batch, .slot = job->slot, .due = -1};
}

static void set_state(struct job *job, enum job_state state) {
    struct batch *batch = job->batch;
    batch->running += (size_t)(state == JOB_RUNNING) - (size_t)(job->state == JOB_RUNNING);
    batch->waiting += (size_t)(state == JOB_WAITING) - (size_t)(job->state == JOB_WAITING);
    job->state = state;
}

/* What a try that is not the last one wrote may be taken back. */
static void prepare(struct job *job) {
    struct batch *batch = job->batch;
    if (job->state == JOB_WAITING)
        return;
    job->tries++;
    if (batch->options.output == OUTPUT_DIRECT)
        return;
    if (!job->group)
        job->group = job_output_open(&batch->output, batch->position++);
    job->group->final = !job_may_try_again(job);
}

/* It may have ended before the signal was caught. */
static void watch_by_signal(struct job *job) {
    signals_catch_children();
    job->due = 0;
}

void job_start(struct job *job) {
    struct batch *batch = job->batch;
    prepare(job);
    joblog_started(&batch->log, job->slot, job->number);
    for (;;) {
        int result = job_spawn(job);
        if (result == 0) {
            set_state(job, JOB_RUNNING);
            job->due = -1;
            if (job->child.pidfd < 0)
                watch_by_signal(job);
            return;
        }
        if (result == -EAGAIN) {
            set_state(job, JOB_WAITING);
            return;
        }
        if (!job_judge_failure(job, result))
            break;
        prepare(job);
    }
    leave(job);
}

void job_forget(struct job *job) { leave(job); }

static void finish_lines(struct job *job) {
    struct batch *batch = job->batch;
    for (int i = 0; i < 2; i++) {
        struct lines *lines = &job->streams[i].lines;
        size_t rest = lines_finish(lines);
        if (rest > 0)
            output_put(&batch->output, job->group, i, lines->text, rest);
        lines_take(lines, rest);
        if (job->streams[i].dropped > 0) {
            progress_hide(&batch->progress);
            (void)complain(NULL, "%zu: %llu bytes of standard %s are left out", job->number,
                           job->streams[i].dropped, i == 0 ? "output" : "error");
        }
    }
}

static void end(struct job *job, const fx_exit *exit, bool timed_out) {
    fx_drain_close(job->drain);
    job->drain = NULL;
    job->due = -1;
    fx_child_close(&job->child);
    set_state(job, JOB_FREE);
    if (job->group)
        finish_lines(job);
    if (!job_judge(job, exit, timed_out)) {
        leave(job);
        return;
    }
    if (job->group)
        output_retry(&job->batch->output, job->group);
    job_start(job);
}

/* The ladder is at its end, and it still runs: in the kernel, probably. There is nothing but to
 * wait. */
static void give_up_ladder(struct job *job) {
    progress_hide(&job->batch->progress);
    (void)complain(NULL, "%zu: process %ld cannot be ended", job->number, (long)job->child.pid);
    fx_drain_close(job->drain);
    job->drain = NULL;
    job->due = -1;
}

void job_step(struct job *job) {
    fx_exit exit = {.size = sizeof exit};
    fx_drain_state state = {.size = sizeof state};
    if (job->drain) {
        int result = fx_drain_run(job->drain, 0, 0);
        if (result == -ECANCELED)
            give_up_ladder(job);
        if (result < 0)
            return;
        fx_drain_look(job->drain, &state);
    }
    int result = fx_wait(&job->child, 0, 0, &exit);
    if (result == -ETIMEDOUT)
        return;
    if (result < 0)
        exit.code = STATUS_FAILED;
    end(job, &exit, state.ending == FX_ENDING_TIMEOUT);
}

void job_stop(struct job *job) {
    fx_child *children[] = {&job->child};
    fx_drain_options options = {
        .size = sizeof options,
        .children = children,
        .child_count = 1,
        .ladder = job->batch->ladder,
    };
    if (!job->drain && fx_drain_open(&options, &job->drain) < 0)
        return;
    job->stopped = true;
    job->due = 0;
    fx_drain_stop(job->drain);
}
