/* SPDX-License-Identifier: MIT
 *
 * Where nothing but looking tells that a child has ended: look again after 1, 2, 4 ... 50 ms.
 */
#include <poll.h>

#include "deadline.h"
#include "wait_look.h"
#include "wait_timeout.h"

int fx_wait_timeout(pid_t pid, int timeout, bool reap, siginfo_t *info, struct rusage *usage) {
    struct fx_deadline deadline = fx_deadline_after(timeout);
    int pause = 1;
    for (;;) {
        int result = fx_wait_look(pid, reap, info, usage);
        int left = fx_deadline_left(&deadline);
        if (result != -ETIMEDOUT || left == 0)
            return result;
        (void)poll(NULL, 0, pause < left ? pause : left);
        pause = pause * 2 < 50 ? pause * 2 : 50;
    }
}
