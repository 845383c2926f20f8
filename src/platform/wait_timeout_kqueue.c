/* SPDX-License-Identifier: MIT
 *
 * macOS and the BSDs: the kernel tells of a child's end through kqueue(2).
 */
#include <sys/types.h>

#include <sys/event.h>
#include <sys/time.h>
#include <unistd.h>

#include "deadline.h"
#include "wait_look.h"
#include "wait_timeout.h"

/* 0 when something happened or may have, -ETIMEDOUT, or a negative errno. */
static int sleep_until_exit(int queue, pid_t pid, const struct fx_deadline *deadline) {
    struct kevent change, event;
    EV_SET(&change, (unsigned int)pid, EVFILT_PROC, EV_ADD | EV_ONESHOT, NOTE_EXIT, 0, 0);
    for (;;) {
        int left = fx_deadline_left(deadline);
        struct timespec time = {.tv_sec = left / 1000, .tv_nsec = (long)(left % 1000) * 1000000};
        int count = kevent(queue, &change, 1, &event, 1, &time);
        if (count == 0)
            return -ETIMEDOUT;
        /* ESRCH: it has ended already, and is a zombie that the filter does not see. */
        if (count > 0 || errno == ESRCH)
            return 0;
        if (errno != EINTR)
            return -errno;
    }
}

int fx_wait_timeout(pid_t pid, int timeout, bool reap, siginfo_t *info, struct rusage *usage) {
    struct fx_deadline deadline = fx_deadline_after(timeout);
    int result = fx_wait_look(pid, reap, info, usage);
    if (result != -ETIMEDOUT || timeout == 0)
        return result;

    int queue = kqueue();
    if (queue < 0)
        return -errno;
    for (;;) {
        int slept = sleep_until_exit(queue, pid, &deadline);
        result = fx_wait_look(pid, reap, info, usage);
        if (result != -ETIMEDOUT || slept < 0)
            break;
        /* NOTE_EXIT comes a moment before the child can be waited for. */
        (void)usleep(100);
    }
    (void)close(queue);
    return result;
}
