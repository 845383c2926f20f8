/* SPDX-License-Identifier: MIT
 *
 * Closing everything but a few descriptors on macOS. Reading /dev/fd takes opendir,
 * which allocates; proc_pidinfo is one system call that lists them into our own buffer.
 */
#include <errno.h>
#include <libproc.h>
#include <unistd.h>

#include "close_common.h"
#include "platform.h"
#include "sorted.h"

enum { BATCH = 512 };

/* Close what one listing shows. The number closed, or a negative errno. */
static int close_listed(int first, const int *keep, size_t count, bool *complete) {
    struct proc_fdinfo listed[BATCH];
    int size = proc_pidinfo(getpid(), PROC_PIDLISTFDS, 0, listed, (int)sizeof listed);
    if (size <= 0)
        return errno ? -errno : -EIO;
    *complete = size < (int)sizeof listed;

    int closed = 0;
    for (size_t i = 0; i < (size_t)size / sizeof listed[0]; i++) {
        int fd = listed[i].proc_fd;
        if (fd < first || fx_sorted_has(keep, count, fd))
            continue;
        int result = fx_sys_close(fd);
        if (result < 0 && result != -EBADF)
            return result;
        closed++;
    }
    return closed;
}

int fx_sys_close_except(int first, const int *keep, size_t count) {
    /* A full buffer may hide more; one that holds only kept ones cannot get us further. */
    bool complete = false;
    while (!complete) {
        int closed = close_listed(first, keep, count, &complete);
        if (closed < 0 || (closed == 0 && !complete))
            return fx_close_by_poll(first, keep, count);
    }
    return 0;
}
