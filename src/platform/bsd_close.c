/* SPDX-License-Identifier: MIT
 *
 * Closing everything but a few descriptors on the BSDs. Their /dev/fd is no help: it shows
 * 0, 1 and 2 only unless fdescfs is mounted. closefrom(2) takes what lies above
 * the last kept number; the gaps below are as small as the caller's own numbers.
 */
#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include "close_common.h"
#include "platform.h"

static int close_gap(int first, int last) {
#ifdef FX_HAVE_CLOSE_RANGE
    return close_range((unsigned int)first, last == INT_MAX ? ~0U : (unsigned int)last, 0) < 0
               ? -errno
               : 0;
#else
    if (last == INT_MAX) {
        /* OpenBSD and NetBSD answer EBADF when there was nothing to close. */
        errno = 0;
        (void)closefrom(first);
        return errno == 0 || errno == EBADF ? 0 : -errno;
    }
    for (int fd = first; fd <= last; fd++) {
        int result = fx_sys_close(fd);
        if (result < 0 && result != -EBADF)
            return result;
    }
    return 0;
#endif
}

int fx_sys_close_except(int first, const int *keep, size_t count) {
    return fx_close_gaps(first, INT_MAX, keep, count, close_gap);
}
