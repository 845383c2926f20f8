/* SPDX-License-Identifier: MIT */
#include "byte_strings.h"

#include <stdlib.h>

/* Steals the tuple of bytes. */
static int adopt(PyObject *owner, struct byte_strings *strings) {
    Py_ssize_t count = PyTuple_Size(owner);
    char **list = malloc(((size_t)count + 1) * sizeof *list);
    if (!list)
        PyErr_NoMemory();
    for (Py_ssize_t i = 0; list && i < count; i++) {
        if (PyBytes_AsStringAndSize(PyTuple_GetItem(owner, i), &list[i], NULL) < 0) {
            free(list);
            list = NULL;
        }
    }
    if (!list) {
        Py_DECREF(owner);
        return -1;
    }
    list[count] = NULL;
    *strings = (struct byte_strings){.list = list, .owner = owner};
    return 0;
}

int byte_strings_from_bytes(PyObject *sequence, struct byte_strings *strings) {
    if (PyTuple_CheckExact(sequence)) {
        Py_INCREF(sequence);
        return adopt(sequence, strings);
    }
    Py_ssize_t count = PySequence_Size(sequence);
    if (count < 0)
        return -1;
    if ((size_t)count > PY_SSIZE_T_MAX / sizeof(char *) - 1) {
        PyErr_NoMemory();
        return -1;
    }
    /* Grows with what is really there: a length is only what the object says of itself. */
    PyObject *items = PyList_New(0);
    for (Py_ssize_t i = 0; items && i < count; i++) {
        PyObject *item = PySequence_GetItem(sequence, i);
        if (!item || PyList_Append(items, item) < 0)
            Py_CLEAR(items);
        Py_XDECREF(item);
    }
    PyObject *owner = items ? PyList_AsTuple(items) : NULL;
    Py_XDECREF(items);
    return owner ? adopt(owner, strings) : -1;
}

/* New tuple of bytes. `given` is the list that `items` was taken from, or a tuple. */
static PyObject *convert_paths(PyObject *given, PyObject *items) {
    Py_ssize_t count = PyTuple_Size(items);
    PyObject *converted = PyTuple_New(count);
    for (Py_ssize_t i = 0; converted && i < count; i++) {
        PyObject *bytes = NULL;
        if (PyList_Check(given) && PyList_Size(given) != count)
            PyErr_SetString(PyExc_RuntimeError, "args changed during iteration");
        else if (!PyUnicode_FSConverter(PyTuple_GetItem(items, i), &bytes))
            bytes = NULL;
        if (!bytes || PyTuple_SetItem(converted, i, bytes) < 0)
            Py_CLEAR(converted);
    }
    return converted;
}

int byte_strings_from_paths(PyObject *iterable, struct byte_strings *strings) {
    PyObject *given = PySequence_Fast(iterable, "argv must be a tuple");
    if (!given)
        return -1;
    PyObject *items = PySequence_Tuple(given);
    PyObject *converted = items ? convert_paths(given, items) : NULL;
    Py_XDECREF(items);
    Py_DECREF(given);
    return converted ? adopt(converted, strings) : -1;
}

void byte_strings_release(struct byte_strings *strings) {
    free(strings->list);
    Py_XDECREF(strings->owner);
    *strings = (struct byte_strings){.list = NULL, .owner = NULL};
}
