/* SPDX-License-Identifier: MIT
 *
 * This runs in the child, maybe on memory shared with the parent: no allocation, no lock, no
 * stdio, no Python object, and of libc's functions only write(2).
 */
#include "report.h"

#include <errno.h>
#include <stddef.h>
#include <unistd.h>

#include "dialect.h"

static size_t append(char *line, size_t length, const char *text) {
    while (*text && length < REPORT_LINE_MAX - 1)
        line[length++] = *text++;
    line[length] = '\0';
    return length;
}

static size_t append_hexadecimal(char *line, size_t length, unsigned int number) {
    char digits[2 * sizeof number + 1];
    size_t first = sizeof digits - 1;
    digits[first] = '\0';
    do {
        digits[--first] = "0123456789abcdef"[number % 16];
        number /= 16;
    } while (number);
    return append(line, length, digits + first);
}

/*
 * Subprocess blames the program for what is not marked, so only what comes after a callback. Before
 * it could tell a directory from the rest, it blamed the directory for all the rest.
 */
enum report_blame report_blame(unsigned int dialect, fx_step step) {
    if (step == FX_STEP_EXEC || step == FX_STEP_CLOSE_OTHERS || !(dialect & DIALECT_NOEXEC))
        return REPORT_BLAMES_PROGRAM;
    if (step == FX_STEP_CHDIR || step == FX_STEP_FCHDIR || !(dialect & DIALECT_CHDIR))
        return REPORT_BLAMES_DIRECTORY;
    return REPORT_BLAMES_NOTHING;
}

static const char *mark(unsigned int dialect, fx_step step) {
    switch (report_blame(dialect, step)) {
    case REPORT_BLAMES_PROGRAM:
        return "";
    case REPORT_BLAMES_DIRECTORY:
        return dialect & DIALECT_CHDIR ? "noexec:chdir" : "noexec";
    case REPORT_BLAMES_NOTHING:
        break;
    }
    return "noexec";
}

size_t report_line(unsigned int dialect, fx_step step, int code, char line[REPORT_LINE_MAX]) {
    size_t length = 0;
    if (step == FX_STEP_CALLBACK) {
        length = append(line, length,
                        dialect & DIALECT_SUBPROCESS_ERROR ? "SubprocessError" : "RuntimeError");
        return append(line, length, ":0:Exception occurred in preexec_fn.");
    }
    length = append(line, length, "OSError:");
    length =
        append_hexadecimal(line, length, code < 0 ? 0U - (unsigned int)code : (unsigned int)code);
    length = append(line, length, ":");
    return append(line, length, mark(dialect, step));
}

/* Whole, or as much as goes: nobody can be told of an error here, and a full pipe has no reader. */
void report_write(int descriptor, const char *data, size_t size) {
    enum { INTERRUPTIONS_MAX = 1000 };
    for (int interruptions = 0; size > 0 && interruptions < INTERRUPTIONS_MAX;) {
        ssize_t written = write(descriptor, data, size);
        if (written > 0) {
            data += written;
            size -= (size_t)written;
        } else if (written < 0 && errno == EINTR) {
            interruptions++;
        } else {
            return;
        }
    }
}

void report_count(struct failure_counters *failures, fx_step step) {
    if ((unsigned int)step < FX_STEP_COUNT)
        atomic_fetch_add_explicit(&failures->by_step[step], 1, memory_order_relaxed);
}

void report_failure(void *argument, fx_step step, int index, int code) {
    const struct report_channel *channel = argument;
    char line[REPORT_LINE_MAX];
    (void)index;
    report_count(channel->failures, step);
    report_write(channel->descriptor, line, report_line(channel->dialect, step, code, line));
}

void report_remember(void *argument, fx_step step, int index, int code) {
    struct report_slot *slot = argument;
    report_count(slot->failures, step);
    slot->step = step;
    slot->index = index;
    slot->code = code;
}
