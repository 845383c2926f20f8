/* SPDX-License-Identifier: MIT
 *
 * A drain that another thread can stop: the sleeping is done here, so that there is one more
 * thing to be woken by.
 */
#include "drain.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "child.h"
#include "deadline.h"
#include "pipe.h"

/* ---- beginning and end ---- */

static struct child *child_at(const struct drain *self, Py_ssize_t n) {
    return (struct child *)PyTuple_GetItem(self->children, n);
}

static void use_children(struct drain *self) {
    for (Py_ssize_t n = 0; n < PyTuple_Size(self->children); n++)
        child_use(child_at(self, n));
    self->uses_children = true;
}

static void leave_children(struct drain *self) {
    if (!self->uses_children)
        return;
    self->uses_children = false;
    for (Py_ssize_t n = 0; n < PyTuple_Size(self->children); n++)
        child_leave(child_at(self, n));
}

/* The engine has reaped them, all but those that outlived the ladder. */
static void note_ends(struct drain *self) {
    for (Py_ssize_t n = 0; n < PyTuple_Size(self->children); n++) {
        struct child *child = child_at(self, n);
        fx_exit end = {.size = sizeof end};
        if (fx_wait(&child->child, 0, 0, &end) == 0)
            child_note_end(child, &end);
    }
}

static int open_pipe(struct drain *self) {
    if (pipe_make(self->wake) < 0) {
        self->wake[0] = self->wake[1] = -1;
        PyErr_SetFromErrno(PyExc_OSError);
        return -1;
    }
    for (int end = 0; end < 2; end++)
        (void)fcntl(self->wake[end], F_SETFL, O_NONBLOCK);
    return 0;
}

static int open_drain(struct drain *self) {
    Py_ssize_t count = PyTuple_Size(self->children);
    fx_child **children = calloc((size_t)count + 1, sizeof *children);
    if (!children) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t n = 0; n < count; n++)
        children[n] = &child_at(self, n)->child;
    int result = follow_open(&self->follow, children, (size_t)count);
    free(children);
    return result;
}

int drain_open(struct drain *self) {
    if (open_pipe(self) < 0 || open_drain(self) < 0)
        return -1;
    use_children(self);
    return 0;
}

void drain_close(struct drain *self) {
    fx_drain_close(self->follow.drain);
    self->follow.drain = NULL;
    for (int end = 0; end < 2; end++) {
        if (self->wake[end] >= 0)
            (void)close(self->wake[end]);
        self->wake[end] = -1;
    }
    leave_children(self);
    free(self->list);
    self->list = NULL;
    self->room = 0;
}

/* ---- sleeping ---- */

static int make_room(struct drain *self, size_t count) {
    struct pollfd *list = realloc(self->list, (count + 1) * sizeof *list);
    if (!list) {
        PyErr_NoMemory();
        return -1;
    }
    self->list = list;
    self->room = count;
    return 0;
}

Py_ssize_t drain_interest(struct drain *self, int *timeout) {
    enum { USUAL = 8 };
    if (!self->list && make_room(self, USUAL) < 0)
        return -1;
    for (;;) {
        size_t count = fx_drain_interest(self->follow.drain, self->list, self->room, timeout);
        if (count <= self->room)
            return (Py_ssize_t)count;
        if (make_room(self, count) < 0)
            return -1;
    }
}

void drain_wake(struct drain *self) {
    self->stop_wanted = true;
    while (write(self->wake[1], "", 1) < 0 && errno == EINTR)
        ;
}

static void take_wake(struct drain *self) {
    char bytes[64];
    if (!self->stop_wanted)
        return;
    self->stop_wanted = false;
    while (read(self->wake[0], bytes, sizeof bytes) > 0)
        ;
    follow_stop(&self->follow);
}

static int shorter(int left, int right) {
    if (left < 0 || right < 0)
        return left < 0 ? right : left;
    return left < right ? left : right;
}

/* 0, or -1 with an exception. */
static int sleep_for(struct drain *self, int timeout) {
    int own;
    Py_ssize_t count = drain_interest(self, &own);
    if (count < 0)
        return -1;
    self->list[count] = (struct pollfd){.fd = self->wake[0], .events = POLLIN};
    Py_BEGIN_ALLOW_THREADS;
    (void)poll(self->list, (nfds_t)count + 1, shorter(timeout, own));
    Py_END_ALLOW_THREADS;
    return 0;
}

/* ---- running ---- */

static int run(struct drain *self, int timeout) {
    long long deadline = timeout > 0 ? now() + timeout * 1000000LL : 0;
    for (;;) {
        take_wake(self);
        int result = follow_run(&self->follow, 0);
        int left = timeout > 0 ? left_until(deadline) : timeout;
        if (result != 0 || (left == 0 && !self->stop_wanted))
            return result;
        if (sleep_for(self, left) < 0)
            return -1;
    }
}

int drain_run(struct drain *self, int timeout) {
    self->busy = true;
    int result = run(self, timeout);
    self->busy = false;
    if (result == 1) {
        note_ends(self);
        leave_children(self);
    }
    return result;
}
