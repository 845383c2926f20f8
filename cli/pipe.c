/* SPDX-License-Identifier: MIT
 *
 * Pipes of forkexec's own: for signals, which poll(2) then waits for, and for what it passes on.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "platform.h"

int open_pipe(int ends[2]) {
    if (pipe(ends) < 0)
        return -errno;
    for (int i = 0; i < 2; i++) {
        (void)fcntl(ends[i], F_SETFD, FD_CLOEXEC);
        (void)fcntl(ends[i], F_SETFL, O_NONBLOCK);
    }
    return 0;
}
