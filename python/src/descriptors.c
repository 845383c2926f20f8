/* SPDX-License-Identifier: MIT */
#include "descriptors.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>

static bool convert(PyObject *items, int *list, Py_ssize_t count) {
    long previous = -1;
    for (Py_ssize_t i = 0; i < count; i++) {
        PyObject *item = PyTuple_GetItem(items, i);
        if (!PyLong_Check(item))
            return false;
        int overflow = 0;
        long number = PyLong_AsLongAndOverflow(item, &overflow);
        if (overflow || number <= previous || number > INT_MAX)
            return false;
        list[i] = (int)number;
        previous = number;
    }
    return true;
}

int descriptors_convert(PyObject *sequence, int **list, size_t *count) {
    PyObject *items = PySequence_Tuple(sequence);
    if (!items)
        return -1;
    Py_ssize_t size = PyTuple_Size(items);
    int *made = malloc(((size_t)size + 1) * sizeof *made);
    if (!made) {
        PyErr_NoMemory();
    } else if (!convert(items, made, size)) {
        free(made);
        made = NULL;
        PyErr_SetString(PyExc_ValueError, "bad value(s) in fds_to_keep");
    }
    Py_DECREF(items);
    if (!made)
        return -1;
    *list = made;
    *count = (size_t)size;
    return 0;
}
