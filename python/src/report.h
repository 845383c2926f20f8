/* SPDX-License-Identifier: MIT
 *
 * What the child tells when it fails: a line for subprocess.py, and a count for us.
 */
#ifndef NATIVE_REPORT_H
#define NATIVE_REPORT_H

#include <stdatomic.h>

#include "forkexec.h"

/* In memory that parent and children share, so that a forked child's count arrives too. */
struct failure_counters {
    atomic_ulong by_step[FX_STEP_COUNT];
};

struct report_channel {
    int descriptor;
    unsigned int dialect; /* see dialect.h */
    struct failure_counters *failures;
};

/* An fx_reporter; `argument` is a struct report_channel. Async-signal-safe. */
void report_failure(void *argument, fx_step step, int index, int code);

/* How long a line can be, with its final NUL. */
#define REPORT_LINE_MAX 64

/* The line itself; returns its length. */
size_t report_line(unsigned int dialect, fx_step step, int code, char line[REPORT_LINE_MAX]);

#endif
