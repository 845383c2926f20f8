/* SPDX-License-Identifier: MIT
 *
 * A drain with what Python adds to it: objects that it reads from and calls, signal handlers,
 * exceptions.
 */
#ifndef NATIVE_FOLLOW_H
#define NATIVE_FOLLOW_H

#include "module.h"

#include <stdbool.h>

#include "forkexec.h"

struct follow;

/* What an output calls. */
struct follow_function {
    struct follow *follow;
    PyObject *callable;
};

struct follow_exception {
    PyObject *type, *value, *traceback;
};

struct follow {
    fx_drain *drain;
    PyThreadState *thread; /* of whom fx_drain_run() was called by */
    bool over;
    bool outlived;                   /* a child outlived the ladder */
    struct follow_exception failure; /* of a function; the first one */
    PyObject *input;
    size_t output_count;
    /* Until it is opened: */
    fx_drain_options options;
    fx_input fed;
    fx_output *outputs;
    fx_rung *rungs;
    int **tees;
    struct follow_function *functions; /* and these for as long as it runs */
};

/* Zeroed, with room for so many outputs. 0, or -1 with an exception. Release it in both cases. */
int follow_init(struct follow *follow, size_t room);
void follow_release(struct follow *follow);

/* ---- what is to be done (_Bounds, _Output in _native.pyi); 0, or -1 with an exception ---- */

int follow_take_bounds(struct follow *follow, PyObject *given);
/* Bytes, or a descriptor to read from. */
int follow_take_input(struct follow *follow, int descriptor, PyObject *given);
/* The fields of an output begin at `first` of the tuple; None stands for all of it, stored. */
int follow_add_output(struct follow *follow, int descriptor, PyObject *given, Py_ssize_t first);

/* ---- doing it ---- */

/* 0, or -1 with an exception, and then nothing has been taken over. */
int follow_open(struct follow *follow, fx_child *const *children, size_t count);

/*
 * Without the lock, which `thread` holds otherwise: open it, and run it for a moment, which may be
 * all that it takes. If it could not be opened, follow_open() says why; else follow_run() goes on.
 */
void follow_begin(struct follow *follow, fx_child *const *children, size_t count,
                  PyThreadState *thread);

/*
 * 1: all is over; 0: not yet; -1: an exception, of a signal handler; it can be run again after it.
 * Over is also what a child outlives. Other threads run meanwhile.
 */
int follow_run(struct follow *follow, int timeout);

/* Let the ladder begin, or go to its last rung. */
void follow_stop(struct follow *follow);

/* Raise what a function raised, if one did: -1, once. */
int follow_raise(struct follow *follow);

/* For the garbage collector: the objects that it holds. */
int follow_visit(struct follow *follow, visitproc visit, void *arg);
void follow_clear(struct follow *follow);

#endif
