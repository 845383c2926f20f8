/* SPDX-License-Identifier: MIT
 *
 * Heap types over the limited API of 3.8, where a type does not know its module and cannot be
 * without a constructor.
 */
#include "child.h"

#include <string.h>

#include "interpreter.h"

void *types_allocate(PyObject *type) {
    void *slot = PyType_GetSlot((PyTypeObject *)type, Py_tp_alloc);
    PyObject *(*allocate)(PyTypeObject *, Py_ssize_t);
    memcpy(&allocate, &slot, sizeof allocate);
    return allocate((PyTypeObject *)type, 0);
}

int types_add(PyObject *module, PyType_Spec *spec, const char *name, PyObject **type) {
    *type = PyType_FromSpec(spec);
    if (!*type)
        return -1;
    Py_INCREF(*type); /* the module's */
    if (PyModule_AddObject(module, name, *type) == 0)
        return 0;
    Py_DECREF(*type);
    return -1;
}

PyObject *types_refuse(PyTypeObject *type, PyObject *args, PyObject *keywords) {
    (void)args;
    (void)keywords;
    PyErr_Format(PyExc_TypeError, "cannot create %R instances", type);
    return NULL;
}

void types_free(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    void *slot = PyType_GetSlot(type, Py_tp_free);
    void (*release)(void *);
    memcpy(&release, &slot, sizeof release);
    release(self);
    Py_DECREF(type);
}

PyObject *types_raise(int code) {
    interpreter_raise_os_error(-code, NULL);
    return NULL;
}
