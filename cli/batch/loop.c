/* SPDX-License-Identifier: MIT
 *
 * The loop: start what there is room for, sleep until something is ready, see to it.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "batch.h"
#include "shard.h"
#include "signals.h"

long long milliseconds_now(void) {
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

size_t batch_next(struct batch *batch) {
    const struct batch_options *options = &batch->options;
    while (batch->next <= batch->records.count) {
        size_t number = batch->next++;
        int fate = joblog_fate(&batch->log, number);
        bool done = fate == FATE_SUCCEEDED || (fate == FATE_FAILED && !options->resume_failed);
        if (!done && shard_has(options, number))
            return number;
    }
    return 0;
}

/* ---- ending ---- */

void batch_drain(struct batch *batch) {
    if (batch->phase == PHASE_RUNNING)
        batch->phase = PHASE_DRAINING;
}

void batch_stop(struct batch *batch) {
    batch->phase = PHASE_STOPPING;
    batch->stop_at = -1;
    for (size_t i = 0; i < batch->job_count; i++)
        if (batch->jobs[i].state == JOB_RUNNING)
            job_stop(&batch->jobs[i]);
}

void batch_break(struct batch *batch) {
    batch->broken = true;
    batch_drain(batch);
    if (batch->phase != PHASE_STOPPING)
        batch_stop(batch);
}

static void take_signals(struct batch *batch) {
    for (int signal; (signal = signals_take());) {
        bool first = batch->signal == 0;
        batch->signal = first ? signal : batch->signal;
        batch_drain(batch);
        if (!first || batch->phase == PHASE_STOPPING)
            batch_stop(batch);
        else
            batch->stop_at = milliseconds_now() + (long long)batch->options.grace.value;
    }
}

/* ---- starting ---- */

static void start_waiting(struct batch *batch) {
    for (size_t i = 0; i < batch->job_count && batch->waiting > 0; i++) {
        struct job *job = &batch->jobs[i];
        if (job->state != JOB_WAITING)
            continue;
        if (batch->phase != PHASE_RUNNING)
            job_forget(job);
        else
            job_start(job);
        if (job->state == JOB_WAITING)
            return;
    }
}

static struct job *free_slot(struct batch *batch, size_t *from) {
    for (; *from < batch->job_count; ++*from)
        if (batch->jobs[*from].state == JOB_FREE)
            return &batch->jobs[*from];
    return NULL;
}

static void fill(struct batch *batch) {
    struct job *job;
    size_t from = 0;
    if (batch->waiting > 0)
        start_waiting(batch);
    while (batch->phase == PHASE_RUNNING && batch->waiting == 0 &&
           (job = free_slot(batch, &from))) {
        size_t number = batch_next(batch);
        if (number == 0)
            return;
        job->number = number;
        job_start(job);
        /* It may be the first of very many that cannot be started. */
        if (job->state == JOB_FREE)
            take_signals(batch);
    }
}

/* ---- sleeping ---- */

static void make_room(struct batch *batch, size_t count) {
    if (count <= batch->polled_room)
        return;
    size_t room = 2 * count;
    struct pollfd *polled = allocate(room, sizeof *polled);
    if (batch->polled)
        memcpy(polled, batch->polled, batch->polled_room * sizeof *polled);
    free(batch->polled);
    batch->polled = polled;
    batch->polled_room = room;
}

static size_t watch_drain(struct batch *batch, struct job *job, size_t count, long long now) {
    int timeout = -1;
    size_t room = batch->polled_room - count;
    size_t wanted = fx_drain_interest(job->drain, batch->polled + count, room, &timeout);
    if (wanted > room) {
        make_room(batch, count + wanted);
        wanted = fx_drain_interest(job->drain, batch->polled + count, batch->polled_room - count,
                                   &timeout);
    }
    if (job->due != 0)
        job->due = timeout < 0 ? -1 : now + timeout;
    return wanted;
}

/* All that is waited for; and by when something is due in any case. */
static size_t watch(struct batch *batch, long long now, long long *due) {
    size_t count = 0;
    make_room(batch, batch->job_count + 1);
    batch->polled[count++] = (struct pollfd){.fd = batch->signals, .events = POLLIN};
    *due = batch->stop_at;
    for (size_t i = 0; i < batch->job_count; i++) {
        struct job *job = &batch->jobs[i];
        job->first_polled = count;
        if (job->state != JOB_RUNNING)
            continue;
        if (job->drain) {
            count += watch_drain(batch, job, count, now);
        } else {
            make_room(batch, count + 1);
            batch->polled[count++] = (struct pollfd){.fd = job->child.pidfd, .events = POLLIN};
        }
        job->polled_count = count - job->first_polled;
        if (job->due >= 0 && (*due < 0 || job->due < *due))
            *due = job->due;
    }
    return count;
}

static bool is_ready(const struct batch *batch, const struct job *job, long long now) {
    if (job->state != JOB_RUNNING)
        return false;
    if (job->due >= 0 && job->due <= now)
        return true;
    if (!job->drain && job->child.pidfd < 0)
        return true;
    for (size_t i = 0; i < job->polled_count; i++)
        if (batch->polled[job->first_polled + i].revents)
            return true;
    return false;
}

static bool needs_clock(const struct batch *batch, long long due) {
    return due >= 0 || batch->options.output != OUTPUT_DIRECT;
}

static void sleep_once(struct batch *batch) {
    long long due;
    long long now = milliseconds_now();
    size_t count = watch(batch, now, &due);
    int timeout = progress_timeout(&batch->progress);
    if (due >= 0) {
        long long left = due > now ? due - now : 0;
        timeout = timeout < 0 || left < timeout ? (int)(left < INT_MAX ? left : INT_MAX) : timeout;
    }
    if (poll(batch->polled, (nfds_t)count, timeout) < 0)
        for (size_t i = 0; i < count; i++)
            batch->polled[i].revents = 0;
    if (needs_clock(batch, due))
        now = milliseconds_now();
    if (batch->polled[0].revents)
        signals_clear(batch->signals);
    /* One that came while something else was found ready counts before that. */
    take_signals(batch);
    if (batch->stop_at >= 0 && batch->stop_at <= now)
        batch_stop(batch);
    for (size_t i = 0; i < batch->job_count; i++) {
        struct job *job = &batch->jobs[i];
        if (!is_ready(batch, job, now))
            continue;
        if (job->due == 0)
            job->due = -1;
        job_step(job);
    }
}

void batch_run(struct batch *batch) {
    for (;;) {
        fill(batch);
        if (batch->running == 0 && batch->waiting == 0)
            break;
        progress_show(&batch->progress, &batch->tally, batch->running, false);
        sleep_once(batch);
        if (batch->output.code < 0 && !batch->broken) {
            (void)complain(NULL, "standard output cannot be written: %s",
                           strerror(-batch->output.code));
            batch_break(batch);
        }
    }
}
