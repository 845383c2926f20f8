/* SPDX-License-Identifier: MIT
 *
 * Values that are lists: tuples of things, or of pairs.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "attributes.h"
#include "names.h"

/* The highest number that is looked at for "all". */
enum { SIGNALS_END = 65, CAPABILITIES_END = 64 };

static bool is_all(PyObject *value) {
    return PyUnicode_Check(value) && PyUnicode_CompareWithASCIIString(value, "all") == 0;
}

/* Memory for as many as there are elements; one more, so that it is never empty. */
static void *take_list(struct attributes *attributes, const struct attribute_row *row,
                       PyObject *value, size_t size, size_t *count) {
    *count = 0;
    if (!PyTuple_Check(value)) {
        (void)attribute_refuse(row, "needs a tuple");
        return NULL;
    }
    *count = (size_t)PyTuple_Size(value);
    return attributes_take(attributes, *count + 1, size);
}

static void set_list(struct attributes *attributes, const struct attribute_row *row,
                     const void *list, size_t count) {
    *(const void **)attribute_field(attributes, row->field) = list;
    if (row->second)
        *(size_t *)attribute_field(attributes, row->second) = count;
}

static PyObject *element(PyObject *value, size_t i) {
    return PyTuple_GetItem(value, (Py_ssize_t)i);
}

static int as_int(PyObject *value, int *number) {
    long given = PyLong_AsLong(value);
    if (given < INT_MIN || given > INT_MAX)
        PyErr_SetString(PyExc_OverflowError, "the number is too big");
    *number = (int)given;
    return PyErr_Occurred() ? -1 : 0;
}

static int all_signals(struct attributes *attributes, fx_signals *signals) {
    int *list = attributes_take(attributes, SIGNALS_END, sizeof *list);
    for (int signal = 1; list && signal < SIGNALS_END; signal++) {
        const char *name = fx_signal_name(signal);
        if (name && strcmp(name, "KILL") != 0 && strcmp(name, "STOP") != 0)
            list[signals->count++] = signal;
    }
    signals->set = true;
    signals->list = list;
    return list ? 0 : -1;
}

int attribute_signals(struct attributes *attributes, const struct attribute_row *row,
                      PyObject *value) {
    fx_signals *signals = attribute_field(attributes, row->field);
    if (is_all(value))
        return all_signals(attributes, signals);
    int *list = take_list(attributes, row, value, sizeof *list, &signals->count);
    if (!list)
        return -1;
    for (size_t i = 0; i < signals->count; i++)
        if (attribute_name(row, fx_signal_number, element(value, i), &list[i]) < 0)
            return -1;
    signals->set = true;
    signals->list = list;
    return 0;
}

int attribute_capabilities(struct attributes *attributes, const struct attribute_row *row,
                           PyObject *value) {
    fx_capabilities *set = attribute_field(attributes, row->field);
    set->set = true;
    if (is_all(value)) {
        for (int capability = 0; capability < CAPABILITIES_END; capability++)
            if (fx_capability_name(capability))
                set->bits |= 1ULL << capability;
        return 0;
    }
    for (Py_ssize_t i = 0; PyTuple_Check(value) && i < PyTuple_Size(value); i++) {
        int capability;
        if (attribute_name(row, fx_capability_number, PyTuple_GetItem(value, i), &capability) < 0)
            return -1;
        set->bits |= 1ULL << capability;
    }
    return 0;
}

int attribute_flags(struct attributes *attributes, const struct attribute_row *row,
                    PyObject *value) {
    unsigned int *flags = attribute_field(attributes, row->field);
    for (Py_ssize_t i = 0; PyTuple_Check(value) && i < PyTuple_Size(value); i++) {
        int flag;
        if (attribute_name(row, fx_namespace_number, PyTuple_GetItem(value, i), &flag) < 0)
            return -1;
        *flags |= (unsigned int)flag;
    }
    return 0;
}

int attribute_integers(struct attributes *attributes, const struct attribute_row *row,
                       PyObject *value) {
    size_t count = 0;
    int *list = take_list(attributes, row, value, sizeof *list, &count);
    for (size_t i = 0; list && i < count; i++)
        if (as_int(element(value, i), &list[i]) < 0)
            return -1;
    set_list(attributes, row, list, count);
    return list ? 0 : -1;
}

int attribute_cpus(struct attributes *attributes, const struct attribute_row *row,
                   PyObject *value) {
    fx_cpus *cpus = attribute_field(attributes, row->field);
    int *list = take_list(attributes, row, value, sizeof *list, &cpus->count);
    for (size_t i = 0; list && i < cpus->count; i++)
        if (as_int(element(value, i), &list[i]) < 0)
            return -1;
    cpus->set = true;
    cpus->list = list;
    return list ? 0 : -1;
}

int attribute_strings(struct attributes *attributes, const struct attribute_row *row,
                      PyObject *value) {
    size_t count = 0;
    const char **list = take_list(attributes, row, value, sizeof *list, &count);
    for (size_t i = 0; list && i < count; i++) {
        list[i] = attribute_text(attributes, element(value, i));
        if (!list[i])
            return -1;
    }
    set_list(attributes, row, list, count);
    return list ? 0 : -1;
}

int attribute_steps(struct attributes *attributes, const struct attribute_row *row,
                    PyObject *value) {
    size_t count = 0;
    fx_step *list = take_list(attributes, row, value, sizeof *list, &count);
    for (size_t i = 0; list && i < count; i++) {
        int step;
        if (attribute_name(row, fx_step_number, element(value, i), &step) < 0)
            return -1;
        list[i] = (fx_step)step;
    }
    set_list(attributes, row, list, count);
    return list ? 0 : -1;
}

/* ---- of pairs ---- */

static int take_pair(PyObject *value, size_t i, PyObject **left, PyObject **right) {
    return PyArg_ParseTuple(element(value, i), "OO", left, right) ? 0 : -1;
}

static int take_bound(const struct attribute_row *row, PyObject *value, fx_limit_bound *bound) {
    if (value == Py_None)
        return 0;
    if (PyUnicode_Check(value)) {
        bool unlimited = PyUnicode_CompareWithASCIIString(value, "unlimited") == 0;
        bound->kind = unlimited ? FX_LIMIT_UNLIMITED : FX_LIMIT_ALLOWED;
        return unlimited || PyUnicode_CompareWithASCIIString(value, "max") == 0
                   ? 0
                   : attribute_refuse(row, "unknown");
    }
    bound->kind = FX_LIMIT_VALUE;
    bound->value = PyLong_AsUnsignedLongLong(value);
    return PyErr_Occurred() ? -1 : 0;
}

int attribute_limits(struct attributes *attributes, const struct attribute_row *row,
                     PyObject *value) {
    size_t count = 0;
    fx_limit *list = take_list(attributes, row, value, sizeof *list, &count);
    for (size_t i = 0; list && i < count; i++) {
        PyObject *name, *soft, *hard;
        if (!PyArg_ParseTuple(element(value, i), "O(OO)", &name, &soft, &hard) ||
            attribute_name(row, fx_limit_number, name, &list[i].resource) < 0 ||
            take_bound(row, soft, &list[i].soft) < 0 || take_bound(row, hard, &list[i].hard) < 0)
            return -1;
    }
    set_list(attributes, row, list, count);
    return list ? 0 : -1;
}

int attribute_landlock(struct attributes *attributes, const struct attribute_row *row,
                       PyObject *value) {
    size_t count = 0;
    fx_landlock_path *list = take_list(attributes, row, value, sizeof *list, &count);
    for (size_t i = 0; list && i < count; i++) {
        PyObject *path, *access;
        if (take_pair(value, i, &path, &access) < 0)
            return -1;
        list[i].path = attribute_text(attributes, path);
        bool writes =
            PyUnicode_Check(access) && PyUnicode_CompareWithASCIIString(access, "rw") == 0;
        list[i].access = writes ? FX_LANDLOCK_READ_WRITE : FX_LANDLOCK_READ_ONLY;
        if (!list[i].path)
            return -1;
    }
    set_list(attributes, row, list, count);
    return list ? 0 : -1;
}

int attribute_namespaces(struct attributes *attributes, const struct attribute_row *row,
                         PyObject *value) {
    size_t count = 0;
    fx_namespace *list = take_list(attributes, row, value, sizeof *list, &count);
    for (size_t i = 0; list && i < count; i++) {
        PyObject *name, *place;
        if (take_pair(value, i, &name, &place) < 0 ||
            attribute_name(row, fx_namespace_number, name, &list[i].type) < 0)
            return -1;
        list[i].descriptor.set = PyLong_Check(place);
        if (list[i].descriptor.set && as_int(place, &list[i].descriptor.value) < 0)
            return -1;
        if (!list[i].descriptor.set && !(list[i].path = attribute_text(attributes, place)))
            return -1;
    }
    set_list(attributes, row, list, count);
    return list ? 0 : -1;
}

int attribute_map(struct attributes *attributes, const struct attribute_row *row, PyObject *value) {
    size_t count = 0;
    fx_map *list = take_list(attributes, row, value, sizeof *list, &count);
    for (size_t i = 0; list && i < count; i++)
        if (!PyArg_ParseTuple(element(value, i), "ii", &list[i].child, &list[i].parent))
            return -1;
    set_list(attributes, row, list, count);
    return list ? 0 : -1;
}

int attribute_id_map(struct attributes *attributes, const struct attribute_row *row,
                     PyObject *value) {
    size_t count = 0;
    fx_id_map *list = take_list(attributes, row, value, sizeof *list, &count);
    for (size_t i = 0; list && i < count; i++)
        if (!PyArg_ParseTuple(element(value, i), "III", &list[i].inside, &list[i].outside,
                              &list[i].count))
            return -1;
    set_list(attributes, row, list, count);
    return list ? 0 : -1;
}
