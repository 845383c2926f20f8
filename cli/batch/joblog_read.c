/* SPDX-License-Identifier: MIT
 *
 * What a job log says of the batch that wrote it, until it was killed perhaps.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "joblog.h"

enum { COLUMN_COUNT = 9, SEQ = 0, EXITVAL = 6, SIGNAL = 7, COMMAND = 8 };

/* The columns, each ending with a NUL byte; the last one may have more of these in it. */
static bool split_columns(char *line, char *columns[COLUMN_COUNT]) {
    for (int i = 0; i < COLUMN_COUNT - 1; i++) {
        columns[i] = line;
        line = strchr(line, '\t');
        if (!line)
            return false;
        *line++ = '\0';
    }
    columns[COMMAND] = line;
    return true;
}

static bool read_integer(const char *text, long long *number) {
    char *end;
    errno = 0;
    *number = strtoll(text, &end, 10);
    return end != text && *end == '\0' && errno == 0;
}

static bool is_command(const char *logged, const char *end, const char *text) {
    for (; *text && logged < end; logged++, text++)
        if (*logged != (*text == '\n' ? '\0' : *text))
            return false;
    return *text == '\0' && logged == end;
}

static void set_fate(struct joblog *log, size_t number, int fate) {
    unsigned int shift = (unsigned int)(number % 4 * 2);
    unsigned int others = log->fates[number / 4] & ~(3U << shift);
    log->fates[number / 4] = (unsigned char)(others | (unsigned int)fate << shift);
}

static int take_line(struct joblog *log, const struct records *records, char *line, const char *end,
                     size_t place) {
    char *columns[COLUMN_COUNT];
    long long number, status, signal;
    if (!split_columns(line, columns) || !read_integer(columns[SEQ], &number) ||
        !read_integer(columns[EXITVAL], &status) || !read_integer(columns[SIGNAL], &signal))
        return complain(NULL, "%s: line %zu is not one of a job log", log->path, place);
    if (number < 1 || (size_t)number > records->count)
        return complain(NULL, "%s: line %zu: there is no command %lld; is it another file's?",
                        log->path, place, number);
    if (!is_command(columns[COMMAND], end, record_text(records, (size_t)number)))
        return complain(NULL, "%s: line %zu: command %lld is another one now: %s", log->path, place,
                        number, record_text(records, (size_t)number));
    int fate = status == 0 && signal == 0 ? FATE_SUCCEEDED : FATE_FAILED;
    set_fate(log, (size_t)number, status == -1 ? FATE_STOPPED : fate);
    return 0;
}

/* A line without an end was being written when its writer was killed, or the disk was full. */
static int cut(const struct joblog *log, off_t size) {
    (void)complain(NULL, "%s: its last line was cut off, and is taken out", log->path);
    return ftruncate(log->fd, size) == 0 ? 0 : complain(NULL, "%s: %s", log->path, strerror(errno));
}

int joblog_read(struct joblog *log, const struct records *records) {
    char *line = NULL;
    size_t room = 0;
    off_t size = 0;
    int result = 0;
    FILE *file = fopen(log->path, "r");
    if (!file)
        return complain(NULL, "%s: %s", log->path, strerror(errno));
    for (size_t place = 1; result == 0; place++) {
        ssize_t length = getline(&line, &room, file);
        if (length < 0)
            break;
        if (line[length - 1] != '\n') {
            result = cut(log, size);
            break;
        }
        line[length - 1] = '\0';
        size += length;
        if (place == 1 && strncmp(line, "Seq\tHost\t", 9) != 0)
            result = complain(NULL, "%s: it is not a job log", log->path);
        else if (place > 1)
            result = take_line(log, records, line, line + length - 1, place);
    }
    free(line);
    (void)fclose(file);
    return result;
}
