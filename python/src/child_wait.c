/* SPDX-License-Identifier: MIT
 *
 * Waiting in such a way that Python's signal handlers run meanwhile, which the engine's own
 * wait, that no signal interrupts, does not allow.
 */
#include "child.h"

#include <errno.h>
#include <poll.h>

#include "deadline.h"

enum { SLICE = 50 }; /* milliseconds, where there is nothing to poll */

/* Until it may have ended, a signal has come, or the time is over. */
static void sleep_for(struct child *self, int timeout) {
    struct pollfd descriptor = {.fd = self->child.pidfd, .events = POLLIN};
    fx_exit end = {.size = sizeof end};
    Py_BEGIN_ALLOW_THREADS;
    if (descriptor.fd >= 0)
        (void)poll(&descriptor, 1, timeout);
    else
        (void)fx_wait(&self->child, timeout < 0 || timeout > SLICE ? SLICE : timeout,
                      FX_WAIT_NO_REAP, &end);
    Py_END_ALLOW_THREADS;
}

static int wait_in_use(struct child *self, int timeout, fx_exit *end) {
    long long deadline = timeout > 0 ? now() + timeout * 1000000LL : 0;
    for (;;) {
        int left = timeout > 0 ? left_until(deadline) : timeout;
        if (self->has_ended) {
            *end = self->end;
            return 0;
        }
        int result = fx_wait(&self->child, 0, 0, end);
        if (result != -ETIMEDOUT || left == 0)
            return result;
        sleep_for(self, left);
        if (PyErr_CheckSignals() < 0)
            return 1;
    }
}

int child_wait(struct child *self, int timeout, fx_exit *end) {
    child_use(self);
    int result = wait_in_use(self, timeout, end);
    if (result == 0)
        child_note_end(self, end);
    child_leave(self);
    if (result == -ETIMEDOUT)
        return 0;
    if (result < 0)
        (void)types_raise(result);
    return result == 0 ? 1 : -1;
}
