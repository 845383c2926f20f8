/* SPDX-License-Identifier: MIT
 *
 * What the end of a command means.
 */
#include <errno.h>
#include <string.h>

#include "batch.h"

enum { STATUS_TIMED_OUT = 124, SIGNALLED = 128, CUT_OFF = -1 };

bool job_may_try_again(const struct job *job) {
    const fx_number *tries = &job->batch->options.tries;
    return tries->set && (tries->value == 0 || job->tries < tries->value);
}

static bool is_tried_again(const struct job *job) {
    return job->batch->phase == PHASE_RUNNING && job_may_try_again(job);
}

static void log_ending(struct batch *batch, const struct job *job, const struct ending *ending) {
    if (batch->log.fd < 0 || batch->log_failed)
        return;
    int result = joblog_write(&batch->log, ending, record_text(&batch->records, job->number));
    if (result == 0)
        return;
    (void)complain(NULL, "%s: %s", batch->log.path, strerror(-result));
    batch->log_failed = true;
    batch_break(batch);
}

static void count(struct batch *batch, bool failed, int status) {
    batch->tally.failed += failed;
    batch->tally.succeeded += !failed;
    if (failed)
        batch->last_failure = status;
    if (batch->phase != PHASE_RUNNING || !halt_is_due(&batch->options.halt, &batch->tally))
        return;
    batch->halted = true;
    batch_drain(batch);
    if (batch->options.halt.when == HALT_NOW)
        batch_stop(batch);
}

/*
 * A terminal's interrupt, and a scheduler's, reaches the commands too: then it is not we who ended
 * them, but they are cut off all the same.
 */
static bool is_cut_off(const struct job *job, const fx_exit *end) {
    return job->stopped || (job->batch->signal != 0 && end->signal != 0);
}

bool job_judge(struct job *job, const fx_exit *end, bool timed_out) {
    struct batch *batch = job->batch;
    bool failed = end->code != 0 || timed_out;
    bool cut_off = failed && !timed_out && is_cut_off(job, end);
    if (failed && !cut_off && is_tried_again(job))
        return true;
    struct ending ending = {
        .number = job->number,
        .started = job->started,
        .duration = end->duration,
        .status = cut_off          ? CUT_OFF
                  : timed_out      ? STATUS_TIMED_OUT
                  : end->code >= 0 ? end->code
                                   : 0,
        .signal = end->signal,
    };
    log_ending(batch, job, &ending);
    if (!cut_off)
        count(batch, failed, ending.status ? ending.status : SIGNALLED + end->signal);
    return false;
}

bool job_judge_failure(struct job *job, int status) {
    if (is_tried_again(job))
        return true;
    struct ending ending = {.number = job->number, .started = job->started, .status = status};
    log_ending(job->batch, job, &ending);
    count(job->batch, true, status);
    return false;
}
