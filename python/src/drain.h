/* SPDX-License-Identifier: MIT
 *
 * The type Drain.
 */
#ifndef NATIVE_DRAIN_H
#define NATIVE_DRAIN_H

#include "module.h"

#include <poll.h>
#include <stdbool.h>

#include "follow.h"

struct drain {
    PyObject_HEAD struct follow follow;
    PyObject *children; /* a tuple of Child */
    bool uses_children; /* which they are told, so that none of them is closed meanwhile */
    bool busy;          /* in run() */
    bool stop_wanted;   /* by another thread, or a function of an output, while it is busy */
    int wake[2];        /* a pipe: what is written to it ends a sleep */
    struct pollfd *list;
    size_t room;
};

/* With `follow` to be opened. 0, or -1 with an exception. */
int drain_open(struct drain *self);

/* Go on for `timeout` milliseconds, as follow_run() does; and wake up for drain_wake(). */
int drain_run(struct drain *self, int timeout);

/* To be called with the lock, from any thread. */
void drain_wake(struct drain *self);

/* What it waits for now, in `list`; how many, or -1 with an exception. One more has room in it. */
Py_ssize_t drain_interest(struct drain *self, int *timeout);

/* Close what it has taken over, and let go of the children. */
void drain_close(struct drain *self);

#endif
