/* SPDX-License-Identifier: MIT */
#include "identity.h"

#include <limits.h>
#include <stdlib.h>

#include "interpreter.h"

#ifndef NGROUPS_MAX
#define NGROUPS_MAX 64
#endif

/* The id that means "leave it" to the kernel is no id that one can ask for by its value. */
#define HIGHEST_ID ((long long)(uid_t)-1 - 1)

/* `id` stays as it is for -1. */
static int convert_number(PyObject *number, const char *what, fx_id *id) {
    int overflow = 0;
    long long value = PyLong_AsLongLongAndOverflow(number, &overflow);
    if (value == -1 && !overflow)
        return PyErr_Occurred() ? -1 : 0;
    if (overflow < 0 || (!overflow && value < -1)) {
        PyErr_Format(PyExc_OverflowError, "%s is less than minimum", what);
        return -1;
    }
    if (overflow > 0 || value > HIGHEST_ID) {
        PyErr_Format(PyExc_OverflowError, "%s is greater than maximum", what);
        return -1;
    }
    *id = (fx_id)FX_ID((unsigned int)value);
    return 0;
}

int identity_id(PyObject *value, const char *what, fx_id *id) {
    if (value == Py_None)
        return 0;
    PyObject *number = PyNumber_Index(value);
    if (!number) {
        PyErr_Clear();
        PyObject *name = interpreter_type_name(value);
        if (name)
            PyErr_Format(PyExc_TypeError, "%s should be integer, not %S", what, name);
        Py_XDECREF(name);
        return -1;
    }
    int result = convert_number(number, what, id);
    Py_DECREF(number);
    return result;
}

static int convert_group(PyObject *element, gid_t *group) {
    if (!PyLong_Check(element)) {
        PyErr_SetString(PyExc_TypeError, interpreter_is_at_least(3, 12)
                                             ? "extra_groups must be integers"
                                             : "groups must be integers");
        return -1;
    }
    /* -1 goes to the kernel, which refuses it. */
    fx_id id = FX_ID((unsigned int)-1);
    if (convert_number(element, "gid", &id) < 0) {
        PyErr_SetString(PyExc_ValueError, "invalid group id");
        return -1;
    }
    *group = (gid_t)id.value;
    return 0;
}

/* `items` is a tuple. */
static int convert_groups(PyObject *items, fx_groups *groups, gid_t **list) {
    Py_ssize_t count = PyTuple_Size(items);
    if (count > NGROUPS_MAX) {
        PyErr_SetString(PyExc_ValueError, interpreter_is_at_least(3, 12) ? "too many extra_groups"
                                                                         : "too many groups");
        return -1;
    }
    gid_t *made = malloc(((size_t)count + 1) * sizeof *made);
    if (!made) {
        PyErr_NoMemory();
        return -1;
    }
    for (Py_ssize_t i = 0; i < count; i++) {
        if (convert_group(PyTuple_GetItem(items, i), &made[i]) < 0) {
            free(made);
            return -1;
        }
    }
    *list = made;
    *groups = (fx_groups){.set = true, .count = (size_t)count, .list = made};
    return 0;
}

int identity_groups(PyObject *value, fx_groups *groups, gid_t **list) {
    if (value == Py_None)
        return 0;
    if (!PyList_Check(value)) {
        PyErr_SetString(PyExc_TypeError, "setgroups argument must be a list");
        return -1;
    }
    PyObject *items = PyList_AsTuple(value);
    int result = items ? convert_groups(items, groups, list) : -1;
    Py_XDECREF(items);
    return result;
}
