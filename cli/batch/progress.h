/* SPDX-License-Identifier: MIT
 *
 * How far a batch is, on standard error: a bar on a terminal, else a line now and then.
 */
#ifndef FORKEXEC_CLI_BATCH_PROGRESS_H
#define FORKEXEC_CLI_BATCH_PROGRESS_H

#include "options.h"

struct progress {
    bool wanted;
    bool terminal;
    bool shown; /* the bar stands there now */
    long long begun;
    long long last; /* milliseconds of CLOCK_MONOTONIC */
};

void progress_begin(struct progress *progress, const struct batch_options *options);
/* Say it, if the last time is long enough ago, or `force`. */
void progress_show(struct progress *progress, const struct tally *tally, size_t running,
                   bool force);
/* Take the bar away, as something else is about to be written. */
void progress_hide(struct progress *progress);
/* Milliseconds after which it wants to be shown again; -1: never. */
int progress_timeout(const struct progress *progress);

#endif
