/* SPDX-License-Identifier: MIT
 *
 * What forkexec.Result is made of: a type whose objects do not change, and are made here without
 * a line of Python.
 */
#ifndef NATIVE_RESULT_H
#define NATIVE_RESULT_H

#include "module.h"

/* In the order in which the constructor takes them; `returncode` is made of the ends. */
struct result_parts {
    PyObject *args;
    PyObject *ends;
    PyObject *ending;
    PyObject *held;
    PyObject *output;
    PyObject *output_counts;
    PyObject *errors;
    PyObject *errors_counts;
};

/* One of a subclass. Steals what `parts` hold but `args`; NULL with an exception if one is NULL. */
PyObject *result_make(PyObject *type, const struct result_parts *parts);

int result_add_type(PyObject *module);

#endif
