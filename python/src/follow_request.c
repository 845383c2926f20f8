/* SPDX-License-Identifier: MIT
 *
 * What a drain is to do, from the tuples of Python's.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "follow.h"
#include "ladder.h"
#include "numbers.h"

enum { MOST_TOTAL, TIMEOUT, IDLE_TIMEOUT, LINGER, LADDER, BOUNDS_COUNT };
enum { STORE, MOST, KEEP, FUNCTION, TEE, OUTPUT_COUNT };

static int check_size(PyObject *given, Py_ssize_t size, const char *what) {
    if (PyTuple_Check(given) && PyTuple_Size(given) == size)
        return 0;
    PyErr_Format(PyExc_TypeError, "%s must be a tuple of %d", what, (int)size);
    return -1;
}

int follow_take_bounds(struct follow *follow, PyObject *given) {
    fx_drain_options *options = &follow->options;
    if (given == Py_None)
        return 0;
    if (check_size(given, BOUNDS_COUNT, "bounds") < 0 ||
        numbers_take_count(PyTuple_GetItem(given, MOST_TOTAL), &options->most_total) < 0 ||
        numbers_take_count(PyTuple_GetItem(given, TIMEOUT), &options->timeout) < 0 ||
        numbers_take_count(PyTuple_GetItem(given, IDLE_TIMEOUT), &options->idle_timeout) < 0 ||
        numbers_take_count(PyTuple_GetItem(given, LINGER), &options->linger) < 0)
        return -1;
    return ladder_take(PyTuple_GetItem(given, LADDER), &options->ladder, &follow->rungs);
}

int follow_take_input(struct follow *follow, int descriptor, PyObject *given) {
    follow->fed.descriptor = descriptor;
    if (!PyBytes_Check(given)) {
        follow->fed.from_descriptor = true;
        return numbers_take(given, 0, INT_MAX, &follow->fed.source);
    }
    Py_INCREF(given);
    follow->input = given;
    follow->fed.data = PyBytes_AsString(given);
    follow->fed.size = (size_t)PyBytes_Size(given);
    return 0;
}

static int take_tee(struct follow *follow, size_t n, PyObject *given) {
    Py_ssize_t count = PyTuple_Size(given);
    if (count <= 0)
        return (int)count;
    int *list = follow->tees[n] = calloc((size_t)count, sizeof *list);
    if (!list) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < count; i++)
        if (numbers_take(PyTuple_GetItem(given, i), 0, INT_MAX, &list[i]) < 0)
            return -1;
    follow->outputs[n].tee = list;
    follow->outputs[n].tee_count = (size_t)count;
    return 0;
}

static int take_fields(struct follow *follow, size_t n, PyObject *given, Py_ssize_t first) {
    fx_output *output = &follow->outputs[n];
    PyObject *function = PyTuple_GetItem(given, first + FUNCTION);
    int store = PyObject_IsTrue(PyTuple_GetItem(given, first + STORE)), keep;
    output->store = store > 0;
    if (store < 0 || numbers_take_count(PyTuple_GetItem(given, first + MOST), &output->most) < 0 ||
        numbers_take(PyTuple_GetItem(given, first + KEEP), 0, FX_KEEP_COUNT - 1, &keep) < 0)
        return -1;
    output->keep = (fx_keep)keep;
    if (function != Py_None) {
        Py_INCREF(function);
        follow->functions[n] = (struct follow_function){follow, function};
    }
    return take_tee(follow, n, PyTuple_GetItem(given, first + TEE));
}

int follow_add_output(struct follow *follow, int descriptor, PyObject *given, Py_ssize_t first) {
    size_t n = follow->output_count++;
    follow->outputs[n].descriptor = descriptor;
    if (given == Py_None) {
        follow->outputs[n].store = true;
        return 0;
    }
    if (check_size(given, first + OUTPUT_COUNT, "an output") < 0)
        return -1;
    return take_fields(follow, n, given, first);
}
