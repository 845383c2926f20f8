/* SPDX-License-Identifier: MIT
 *
 * An environment given as a dictionary, as the strings that execve takes. Programs give the same
 * one again and again, so the last conversion is kept, together with the very names and values
 * that it was made from. These are immutable: where each name and value is still the same, in the
 * same order, so are the strings.
 */
#ifndef NATIVE_ENVIRONMENT_H
#define NATIVE_ENVIRONMENT_H

#include "module.h"

struct environment {
    Py_ssize_t count;
    PyObject **pairs; /* names and values in turn, all of them str or bytes and no subclass */
    char **list;      /* "NAME=value", ending with NULL */
    const char *path; /* the value of PATH, NULL if there is none or more than one */
};

/*
 * A new reference to a capsule. NULL, maybe with an exception, where the dictionary holds
 * anything but plain names and values: that is for subprocess itself to convert, or to refuse.
 */
PyObject *environment_convert(struct module_state *state, PyObject *dictionary);

/* What is in the capsule, for as long as the capsule lives. */
const struct environment *environment_of(PyObject *capsule);

/*
 * That of this process, for a child that is made while other threads of Python run, any of which
 * could change it under the child's eyes. A block to be freed with free(3); NULL: no memory.
 */
char **environment_copy(void);

#endif
