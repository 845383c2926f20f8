/* SPDX-License-Identifier: MIT */
#include "ladder.h"

#include <limits.h>
#include <stdlib.h>

#include "numbers.h"

static int check_size(PyObject *given, Py_ssize_t size, const char *what) {
    if (PyTuple_Check(given) && PyTuple_Size(given) == size)
        return 0;
    PyErr_Format(PyExc_TypeError, "%s must be a tuple of %d", what, (int)size);
    return -1;
}

int ladder_take_scope(PyObject *given, fx_scope *scope) {
    int kind;
    if (check_size(given, 3, "a scope") < 0 ||
        numbers_take(PyTuple_GetItem(given, 0), 0, FX_SCOPE_COUNT - 1, &kind) < 0 ||
        numbers_take(PyTuple_GetItem(given, 1), -1, INT_MAX, &scope->cgroup) < 0)
        return -1;
    int adopted = PyObject_IsTrue(PyTuple_GetItem(given, 2));
    scope->kind = (fx_scope_kind)kind;
    scope->adopted = adopted > 0;
    return adopted < 0 ? -1 : 0;
}

static int take_rung(PyObject *given, fx_rung *rung) {
    if (check_size(given, 2, "a rung") < 0)
        return -1;
    return numbers_take(PyTuple_GetItem(given, 0), 0, INT_MAX, &rung->signal) < 0
               ? -1
               : numbers_take(PyTuple_GetItem(given, 1), -1, INT_MAX, &rung->grace);
}

static int take_rungs(PyObject *given, fx_ladder *ladder, fx_rung **rungs) {
    Py_ssize_t count = PyTuple_Size(given);
    if (count <= 0)
        return (int)count;
    fx_rung *list = *rungs = calloc((size_t)count, sizeof *list);
    if (!list) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < count; i++)
        if (take_rung(PyTuple_GetItem(given, i), &list[i]) < 0)
            return -1;
    ladder->rungs = list;
    ladder->rung_count = (size_t)count;
    return 0;
}

int ladder_take(PyObject *given, fx_ladder *ladder, fx_rung **rungs) {
    if (given == Py_None)
        return 0;
    ladder->size = sizeof *ladder;
    if (check_size(given, 2, "a ladder") < 0 ||
        ladder_take_scope(PyTuple_GetItem(given, 0), &ladder->scope) < 0)
        return -1;
    return take_rungs(PyTuple_GetItem(given, 1), ladder, rungs);
}
