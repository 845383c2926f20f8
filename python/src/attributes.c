/* SPDX-License-Identifier: MIT */
#include "attributes.h"

#include <stdlib.h>

#define CAPSULE "forkexec._native.attributes"

struct memory {
    struct memory *next;
    _Alignas(max_align_t) unsigned char bytes[];
};

void *attributes_take(struct attributes *attributes, size_t count, size_t size) {
    struct memory *memory = calloc(1, sizeof *memory + count * size);
    if (!memory) {
        PyErr_NoMemory();
        return NULL;
    }
    memory->next = attributes->memory;
    attributes->memory = memory;
    return memory->bytes;
}

static void release(struct attributes *attributes) {
    while (attributes->memory) {
        struct memory *next = attributes->memory->next;
        free(attributes->memory);
        attributes->memory = next;
    }
    free(attributes);
}

static void release_capsule(PyObject *capsule) { release(PyCapsule_GetPointer(capsule, CAPSULE)); }

struct attributes *attributes_of(PyObject *capsule) {
    return PyCapsule_GetPointer(capsule, CAPSULE);
}

static int set_one(struct attributes *attributes, PyObject *keyword, PyObject *value) {
    PyObject *bytes = PyUnicode_Check(keyword) ? PyUnicode_AsUTF8String(keyword) : NULL;
    int result = bytes ? attribute_set(attributes, PyBytes_AsString(bytes), value) : -1;
    if (!bytes && !PyErr_Occurred())
        PyErr_SetString(PyExc_TypeError, "keywords must be strings");
    Py_XDECREF(bytes);
    return result;
}

static int set_all(struct attributes *attributes, PyObject *values) {
    PyObject *keyword, *value;
    Py_ssize_t position = 0;
    while (PyDict_Next(values, &position, &keyword, &value))
        if (set_one(attributes, keyword, value) < 0)
            return -1;
    return 0;
}

PyObject *module_attributes(PyObject *module, PyObject *args) {
    PyObject *values;
    int stands_for_callable;
    (void)module;
    if (!PyArg_ParseTuple(args, "O!p:attributes", &PyDict_Type, &values, &stands_for_callable))
        return NULL;
    struct attributes *attributes = calloc(1, sizeof *attributes);
    if (!attributes)
        return PyErr_NoMemory();
    attributes->command.size = sizeof attributes->command;
    attributes->stands_for_callable = stands_for_callable;
    PyObject *copy = PyDict_Copy(values);
    PyObject *capsule = NULL;
    if (copy && set_all(attributes, copy) == 0)
        capsule = PyCapsule_New(attributes, CAPSULE, release_capsule);
    Py_XDECREF(copy);
    if (!capsule)
        release(attributes);
    return capsule;
}
