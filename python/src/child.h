/* SPDX-License-Identifier: MIT
 *
 * The types Child, Start and Drain, and what they share.
 */
#ifndef NATIVE_CHILD_H
#define NATIVE_CHILD_H

#include "module.h"

#include <stdbool.h>

#include "forkexec.h"

struct child {
    PyObject_HEAD fx_child child;
    pid_t pid;
    int users;         /* calls under way on threads that do not hold the GIL */
    bool close_wanted; /* by the last of them */
    bool has_ended;    /* it has been reaped, and `end` is how it ended */
    fx_exit end;
};

/* A new object, empty; NULL with an exception. */
struct child *child_new(struct module_state *state);

/* While it is used, close() waits. */
void child_use(struct child *self);
void child_leave(struct child *self);

/* It has been reaped. */
void child_note_end(struct child *self, const fx_exit *end);

/* As subprocess has it: -N if signal N ended it. */
int child_returncode(const fx_exit *end);

/* A new tuple (_End in _native.pyi). */
PyObject *child_end(const fx_exit *end);

/*
 * Wait as Child.wait() does. 1: it has ended; 0: not yet; -1: an exception. It is used meanwhile.
 */
int child_wait(struct child *self, int timeout, fx_exit *end);

/* Until it is known what came of a start: 0, or -1 with the exception of a signal handler. */
int start_wait(fx_start *start);

/* The types, as objects of the module: 0, or -1 with an exception. */
int child_add_type(PyObject *module);
int start_add_type(PyObject *module);
int drain_add_type(PyObject *module);

/* A slot of a type; ISO C has no conversion from a function to a pointer to data. */
#define TYPES_SLOT(number, content)                                                                \
    { number, __extension__(void *) content }

#define TYPES_METHOD(name, function, flags, doc)                                                   \
    { name, (PyCFunction)(void (*)(void))function, flags, doc }

/* An allocated object of a type without a constructor; NULL with an exception. */
void *types_allocate(PyObject *type);
/* Make a type and put it into the module; `*type` is a new reference. */
int types_add(PyObject *module, PyType_Spec *spec, const char *name, PyObject **type);
/* A tp_new that refuses. */
PyObject *types_refuse(PyTypeObject *type, PyObject *args, PyObject *keywords);
/* Free an object and let go of its type. */
void types_free(PyObject *self);

/* OSError of a negative errno; NULL. */
PyObject *types_raise(int code);

#endif
