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

/* The same where the child shares the parent's memory and nobody reads a line of it. */
struct report_slot {
    struct failure_counters *failures;
    fx_step step;
    int index;
    int code; /* a negative errno; 0 if nothing failed */
};

void report_remember(void *slot, fx_step step, int index, int code);

/* What the reader says was wrong. */
enum report_blame { REPORT_BLAMES_PROGRAM, REPORT_BLAMES_DIRECTORY, REPORT_BLAMES_NOTHING };

enum report_blame report_blame(unsigned int dialect, fx_step step);

/* Count a failure. Async-signal-safe. */
void report_count(struct failure_counters *failures, fx_step step);

/* Write as much of it as goes. Async-signal-safe. */
void report_write(int descriptor, const char *data, size_t size);

/* How long a line can be, with its final NUL. */
#define REPORT_LINE_MAX 64

/* The line itself; returns its length. */
size_t report_line(unsigned int dialect, fx_step step, int code, char line[REPORT_LINE_MAX]);

#endif
