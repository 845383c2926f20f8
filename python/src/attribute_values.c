/* SPDX-License-Identifier: MIT
 *
 * Values that are one thing. They come in the normal form that Setup gives them; what has
 * another type is refused all the same, as the module can be called by anybody.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "attributes.h"
#include "names.h"

const char *attribute_text(struct attributes *attributes, PyObject *string) {
    PyObject *bytes = PyUnicode_Check(string) ? PyUnicode_EncodeFSDefault(string) : NULL;
    char *copy = NULL;
    if (bytes) {
        size_t size = (size_t)PyBytes_Size(bytes);
        copy = attributes_take(attributes, size + 1, 1);
        if (copy)
            memcpy(copy, PyBytes_AsString(bytes), size);
    } else if (!PyErr_Occurred()) {
        PyErr_SetString(PyExc_TypeError, "a str is needed");
    }
    Py_XDECREF(bytes);
    return copy;
}

int attribute_name(const struct attribute_row *row, int (*number_of)(const char *name),
                   PyObject *name, int *number) {
    if (names_number(number_of, name, number) < 0)
        return -1;
    return *number < 0 ? attribute_refuse(row, "a name is not known on this system") : 0;
}

static int take_int(const struct attribute_row *row, PyObject *value, int *number) {
    long given = PyLong_AsLong(value);
    if (given == -1 && PyErr_Occurred())
        return -1;
    if (given < INT_MIN || given > INT_MAX)
        return attribute_refuse(row, "the number is too big");
    *number = (int)given;
    return 0;
}

int attribute_flag(struct attributes *attributes, const struct attribute_row *row,
                   PyObject *value) {
    *(bool *)attribute_field(attributes, row->field) = value == Py_True;
    return 0;
}

int attribute_number(struct attributes *attributes, const struct attribute_row *row,
                     PyObject *value) {
    fx_number *number = attribute_field(attributes, row->field);
    number->set = true;
    return take_int(row, value, &number->value);
}

int attribute_count(struct attributes *attributes, const struct attribute_row *row,
                    PyObject *value) {
    unsigned long long given = PyLong_AsUnsignedLongLong(value);
    if (PyErr_Occurred())
        return -1;
    *(fx_count *)attribute_field(attributes, row->field) = (fx_count)FX_COUNT(given);
    return 0;
}

int attribute_unsigned(struct attributes *attributes, const struct attribute_row *row,
                       PyObject *value) {
    int number = 0;
    if (take_int(row, value, &number) < 0)
        return -1;
    if (number < 0)
        return attribute_refuse(row, "the number is negative");
    *(unsigned int *)attribute_field(attributes, row->field) = (unsigned int)number;
    return 0;
}

int attribute_string(struct attributes *attributes, const struct attribute_row *row,
                     PyObject *value) {
    const char *text = attribute_text(attributes, value);
    *(const char **)attribute_field(attributes, row->field) = text;
    return text ? 0 : -1;
}

int attribute_path_or_descriptor(struct attributes *attributes, const struct attribute_row *row,
                                 PyObject *value) {
    if (!PyLong_Check(value))
        return attribute_string(attributes, row, value);
    fx_number *descriptor = attribute_field(attributes, row->second);
    descriptor->set = true;
    return take_int(row, value, &descriptor->value);
}

int attribute_identity(struct attributes *attributes, const struct attribute_row *row,
                       PyObject *value) {
    if (!PyLong_Check(value)) {
        const char *name = attribute_text(attributes, value);
        *(const char **)attribute_field(attributes, row->second) = name;
        return name ? 0 : -1;
    }
    unsigned long id = PyLong_AsUnsignedLong(value);
    if (PyErr_Occurred())
        return -1;
    if (id > UINT_MAX - 1)
        return attribute_refuse(row, "the number is too big");
    *(fx_id *)attribute_field(attributes, row->field) = (fx_id)FX_ID((unsigned int)id);
    return 0;
}

int attribute_groups(struct attributes *attributes, const struct attribute_row *row,
                     PyObject *value) {
    fx_groups *groups = attribute_field(attributes, row->field);
    if (PyUnicode_Check(value)) {
        bool keep = PyUnicode_CompareWithASCIIString(value, "keep") == 0;
        *(keep ? &attributes->command.keep_groups : &attributes->command.groups_of_user) = true;
        return 0;
    }
    Py_ssize_t count = PyTuple_Check(value) ? PyTuple_Size(value) : -1;
    if (count < 0)
        return attribute_refuse(row, "needs a tuple");
    gid_t *list = attributes_take(attributes, (size_t)count, sizeof *list);
    for (Py_ssize_t i = 0; list && i < count; i++) {
        unsigned long id = PyLong_AsUnsignedLong(PyTuple_GetItem(value, i));
        if (PyErr_Occurred())
            return -1;
        list[i] = (gid_t)id;
    }
    *groups = (fx_groups){.set = true, .count = (size_t)count, .list = list};
    return list ? 0 : -1;
}

int attribute_signal(struct attributes *attributes, const struct attribute_row *row,
                     PyObject *value) {
    return attribute_name(row, fx_signal_number, value, attribute_field(attributes, row->field));
}

int attribute_scheduling(struct attributes *attributes, const struct attribute_row *row,
                         PyObject *value) {
    fx_scheduling *scheduling = attribute_field(attributes, row->field);
    PyObject *policy;
    int reset = 0;
    if (!PyTuple_Check(value) ||
        !PyArg_ParseTuple(value, "OipKKK", &policy, &scheduling->priority, &reset,
                          &scheduling->runtime, &scheduling->deadline, &scheduling->period))
        return PyErr_Occurred() ? -1 : attribute_refuse(row, "needs a tuple");
    scheduling->set = true;
    scheduling->reset_on_fork = reset;
    return attribute_name(row, fx_scheduling_number, policy, &scheduling->policy);
}

int attribute_io_priority(struct attributes *attributes, const struct attribute_row *row,
                          PyObject *value) {
    fx_io_priority *priority = attribute_field(attributes, row->field);
    PyObject *name;
    int number = 0;
    if (!PyTuple_Check(value) || !PyArg_ParseTuple(value, "Oi", &name, &priority->level))
        return PyErr_Occurred() ? -1 : attribute_refuse(row, "needs a tuple");
    if (attribute_name(row, fx_io_class_number, name, &number) < 0)
        return -1;
    priority->set = true;
    priority->io_class = (fx_io_class)number;
    return 0;
}

int attribute_when(struct attributes *attributes, const struct attribute_row *row,
                   PyObject *value) {
    static const char *const names[] = {"last", "before-identity", "first"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (PyUnicode_Check(value) && PyUnicode_CompareWithASCIIString(value, names[i]) == 0) {
            *(fx_directory_when *)attribute_field(attributes, row->field) = (fx_directory_when)i;
            return 0;
        }
    }
    return attribute_refuse(row, "unknown");
}

int attribute_mechanism(struct attributes *attributes, const struct attribute_row *row,
                        PyObject *value) {
    for (int mechanism = 0; mechanism < FX_MECHANISM_COUNT; mechanism++) {
        if (PyUnicode_Check(value) && PyUnicode_CompareWithASCIIString(
                                          value, fx_mechanism_name((fx_mechanism)mechanism)) == 0) {
            *(fx_mechanism *)attribute_field(attributes, row->field) = (fx_mechanism)mechanism;
            return 0;
        }
    }
    return attribute_refuse(row, "unknown");
}

int attribute_bytes(struct attributes *attributes, const struct attribute_row *row,
                    PyObject *value) {
    char *bytes;
    Py_ssize_t size;
    if (PyBytes_AsStringAndSize(value, &bytes, &size) < 0)
        return -1;
    void *copy = attributes_take(attributes, (size_t)size, 1);
    if (!copy)
        return -1;
    memcpy(copy, bytes, (size_t)size);
    *(const void **)attribute_field(attributes, row->field) = copy;
    *(size_t *)attribute_field(attributes, row->second) = (size_t)size;
    return 0;
}
