/* SPDX-License-Identifier: MIT
 *
 * FILE.running: a word for each command that may run at once, with its number. The file is
 * mapped, so that a start costs no system call, and what was stored is in the file even if this
 * process is killed the moment after.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "joblog.h"

/* Commands in the slots that have no line were cut off. */
static int tell_cut_off(const struct joblog *log, int fd, const struct records *records,
                        bool resume) {
    unsigned long long number;
    for (off_t at = 0; pread(fd, &number, sizeof number, at) == (ssize_t)sizeof number;
         at += (off_t)sizeof number) {
        if (number == 0 || number > records->count || joblog_fate(log, (size_t)number) != FATE_NONE)
            continue;
        if (!resume)
            return complain(NULL, "%s: it is there already; --resume goes on with it",
                            log->running_path);
        (void)complain(NULL, "%llu: was cut off, and is to run again: %s", number,
                       record_text(records, (size_t)number));
    }
    for (size_t i = 1; i <= records->count; i++)
        if (joblog_fate(log, i) == FATE_STOPPED)
            (void)complain(NULL, "%zu: was stopped, and is to run again: %s", i,
                           record_text(records, i));
    return 0;
}

static int map(struct joblog *log, int fd, size_t size) {
    /* Written, as a store to what has no blocks behind it is SIGBUS when the disk is full. */
    static const char zeros[4096];
    if (ftruncate(fd, 0) < 0)
        return -errno;
    for (size_t at = 0; at < size;) {
        size_t rest = size - at;
        ssize_t written = pwrite(fd, zeros, rest < sizeof zeros ? rest : sizeof zeros, (off_t)at);
        if (written < 0 && errno != EINTR)
            return -errno;
        at += written < 0 ? 0 : (size_t)written;
    }
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED)
        return -errno;
    log->slots = memory;
    return 0;
}

int joblog_open_running(struct joblog *log, const struct records *records, size_t jobs,
                        bool resume) {
    int fd = open(log->running_path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (fd < 0)
        return complain(NULL, "%s: %s", log->running_path, strerror(errno));
    int result = tell_cut_off(log, fd, records, resume);
    if (result == 0) {
        log->slot_count = jobs;
        int code = map(log, fd, jobs * sizeof *log->slots);
        if (code < 0)
            result = complain(NULL, "%s: %s", log->running_path, strerror(-code));
    }
    (void)close(fd);
    return result;
}

void joblog_started(struct joblog *log, size_t slot, size_t number) {
    if (log->slots)
        log->slots[slot] = number;
}

void joblog_left(struct joblog *log, size_t slot) {
    if (log->slots)
        log->slots[slot] = 0;
}
