/* SPDX-License-Identifier: MIT */
#include "joblog.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char header[] =
    "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand\n";

/* LOG.%K is LOG.3 for the third shard. */
static char *name_of(const struct batch_options *options) {
    const char *from = options->joblog;
    char *name = allocate(strlen(from) * 11 + 1, 1);
    char *to = name;
    for (; *from; from++)
        if (from[0] == '%' && from[1] == 'K') {
            to += sprintf(to, "%llu", options->shard.set ? options->shard.value : 1ULL);
            from++;
        } else
            *to++ = *from;
    return name;
}

static int write_all(int fd, const char *text, size_t size) {
    while (size > 0) {
        ssize_t written = write(fd, text, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -errno;
        text += written;
        size -= (size_t)written;
    }
    return 0;
}

/* Two batches on one log would run everything twice. */
static int lock(const struct joblog *log) {
    if (flock(log->fd, LOCK_EX | LOCK_NB) == 0)
        return 0;
    if (errno == EWOULDBLOCK)
        return complain(NULL, "%s: another batch is writing it", log->path);
    (void)complain(NULL, "%s: it cannot be locked: %s; no other batch may use it meanwhile",
                   log->path, strerror(errno));
    return 0;
}

static int open_log(struct joblog *log, const struct batch_options *options) {
    struct stat status;
    log->fd = open(log->path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (log->fd < 0)
        return complain(NULL, "%s: %s", log->path, strerror(errno));
    int result = lock(log);
    if (result < 0)
        return result;
    if (fstat(log->fd, &status) < 0 || !S_ISREG(status.st_mode))
        return complain(NULL, "%s: it is not a file", log->path);
    if (status.st_size > (off_t)sizeof header - 1 && !options->resume)
        return complain(NULL, "%s: it is there already; --resume goes on with it", log->path);
    return 0;
}

int joblog_open(struct joblog *log, const struct batch_options *options,
                const struct records *records, size_t jobs) {
    static const char suffix[] = ".running";
    *log = (struct joblog){.fd = -1};
    if (!options->joblog)
        return 0;
    log->path = name_of(options);
    log->running_path = allocate(strlen(log->path) + sizeof suffix, 1);
    (void)sprintf(log->running_path, "%s%s", log->path, suffix);
    log->fates = allocate(records->count / 4 + 1, 1);
    int result = open_log(log, options);
    if (result == 0)
        result = joblog_read(log, records);
    if (result == 0 && lseek(log->fd, 0, SEEK_END) == 0) {
        int code = write_all(log->fd, header, sizeof header - 1);
        if (code < 0)
            result = complain(NULL, "%s: %s", log->path, strerror(-code));
    }
    if (result == 0)
        result = joblog_open_running(log, records, jobs, options->resume);
    return result;
}

void joblog_close(struct joblog *log) {
    if (log->slots) {
        bool idle = true;
        for (size_t i = 0; i < log->slot_count; i++)
            idle = idle && log->slots[i] == 0;
        (void)munmap((void *)(uintptr_t)log->slots, log->slot_count * sizeof *log->slots);
        if (idle)
            (void)unlink(log->running_path);
    }
    if (log->fd >= 0)
        (void)close(log->fd);
    free(log->path);
    free(log->running_path);
    free(log->fates);
    free(log->line);
    *log = (struct joblog){.fd = -1};
}

int joblog_fate(const struct joblog *log, size_t number) {
    return log->fates ? log->fates[number / 4] >> (number % 4 * 2) & 3 : FATE_NONE;
}

/* A line is a line: as in GNU parallel, what ends lines within a command is a NUL byte. */
static void put_command(char *to, const char *command) {
    for (; *command; command++)
        *to++ = (char)(*command == '\n' ? '\0' : *command);
    *to = '\n';
}

int joblog_write(struct joblog *log, const struct ending *ending, const char *command) {
    enum { COLUMNS = 160, SECOND = 1000000000, MILLISECOND = 1000000 };
    size_t length = strlen(command);
    if (log->room < length + COLUMNS) {
        free(log->line);
        log->room = 2 * (length + COLUMNS);
        log->line = allocate(log->room, 1);
    }
    long long runtime = (ending->duration + MILLISECOND / 2) / MILLISECOND;
    int used =
        snprintf(log->line, log->room, "%zu\t:\t%lld.%03lld\t%6lld.%03lld\t0\t0\t%d\t%d\t",
                 ending->number, ending->started / SECOND, ending->started % SECOND / MILLISECOND,
                 runtime / 1000, runtime % 1000, ending->status, ending->signal);
    put_command(log->line + used, command);
    return write_all(log->fd, log->line, (size_t)used + length + 1);
}
