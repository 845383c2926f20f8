/* SPDX-License-Identifier: MIT
 *
 * Closing everything but a few descriptors on Linux: close_range(2), else a walk through
 * /proc/self/fd, else every possible number.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "close_common.h"
#include "platform.h"
#include "sorted.h"

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

#define RANGE_UNSHARE 2U /* CLOSE_RANGE_UNSHARE */

static int close_range_raw(int first, int last, unsigned int flags) {
    unsigned int end = last == INT_MAX ? ~0U : (unsigned int)last;
    long result = syscall(SYS_close_range, (unsigned long)(unsigned int)first, (unsigned long)end,
                          (unsigned long)flags);
    return result < 0 ? -errno : 0;
}

static int close_gap(int first, int last) { return close_range_raw(first, last, 0); }

int fx_sys_own_table(int end) {
    /* Only where the range reaches to the last possible number is its part not copied first. */
    return close_range_raw(end, INT_MAX, RANGE_UNSHARE);
}

/* The kernel looks at each number of a range: where the table was cut, those above are no others.
 */
int fx_sys_close_cut(int first, int end, const int *keep, size_t count) {
    int result = fx_close_gaps(first, end - 1, keep, count, close_gap);
    for (int fd = first; result < 0 && fd < end; fd++)
        if (!fx_sorted_has(keep, count, fd))
            (void)fx_sys_close(fd);
    return 0;
}

/* getdents64(2) fills these one after the other, without gaps; `length` leads to the next. */
struct directory_entry {
    uint64_t inode;
    int64_t offset;
    uint16_t length;
    uint8_t type;
    char name[];
};

/* The number that a name spells, -1 for "." and "..". */
static int number_of(const char *name) {
    int number = 0;
    for (; *name; name++) {
        if (*name < '0' || *name > '9' || number > (INT_MAX - 9) / 10)
            return -1;
        number = number * 10 + (*name - '0');
    }
    return number;
}

/* One pass over the directory. The number of descriptors closed, or a negative errno. */
static int walk_once(int directory, int first, const int *keep, size_t count) {
    _Alignas(struct directory_entry) char batch[16384];
    int closed = 0;
    for (;;) {
        long filled = syscall(SYS_getdents64, (long)directory, batch, (long)sizeof batch);
        if (filled < 0)
            return -errno;
        if (filled == 0)
            return closed;
        for (long at = 0; at < filled;) {
            const struct directory_entry *entry = (const void *)(batch + at);
            int fd = number_of(entry->name);
            at += entry->length;
            if (fd < first || fd == directory || fx_sorted_has(keep, count, fd))
                continue;
            int result = fx_sys_close(fd);
            if (result < 0 && result != -EBADF)
                return result;
            closed++;
        }
    }
}

static int close_by_walk(int first, const int *keep, size_t count) {
    long directory = syscall(SYS_openat, (long)AT_FDCWD, "/proc/self/fd",
                             (long)(O_RDONLY | O_DIRECTORY | O_CLOEXEC), 0L);
    if (directory < 0)
        return -errno;

    /*
     * What a directory shows while it shrinks is not specified, so pass over it
     * again until a whole pass found nothing to close.
     */
    int closed = walk_once((int)directory, first, keep, count);
    while (closed > 0) {
        if (syscall(SYS_lseek, directory, 0L, (long)SEEK_SET) < 0) {
            closed = -errno;
            break;
        }
        closed = walk_once((int)directory, first, keep, count);
    }
    (void)fx_sys_close((int)directory);
    return closed;
}

int fx_sys_close_except(int first, const int *keep, size_t count) {
    int result = fx_close_gaps(first, INT_MAX, keep, count, close_gap);
    /* Any refusal (ENOSYS before Linux 5.9, EPERM from a filter) costs only the shortcut. */
    if (result < 0)
        result = close_by_walk(first, keep, count);
    /* /proc may be missing, hidden, or cut off in the middle. */
    if (result < 0)
        result = fx_close_by_poll(first, keep, count);
    return result;
}
