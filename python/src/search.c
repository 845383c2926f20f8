/* SPDX-License-Identifier: MIT */
#include "search.h"

#include <string.h>

#include "interpreter.h"

/* New reference to bytes: directory and name with one slash between. */
static PyObject *join(const char *directory, size_t length, PyObject *name) {
    size_t name_length = (size_t)PyBytes_Size(name);
    size_t slash = length > 0 && directory[length - 1] != '/';
    PyObject *joined = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)(length + slash + name_length));
    if (!joined)
        return NULL;
    char *text = PyBytes_AsString(joined);
    memcpy(text, directory, length);
    if (slash)
        text[length] = '/';
    memcpy(text + length + slash, PyBytes_AsString(name), name_length);
    return joined;
}

PyObject *search_in(PyObject *name, const char *path) {
    Py_ssize_t count = 1;
    for (const char *colon = strchr(path, ':'); colon; colon = strchr(colon + 1, ':'))
        count++;
    PyObject *candidates = PyTuple_New(count);
    for (Py_ssize_t i = 0; candidates && i < count; i++) {
        size_t length = strcspn(path, ":");
        PyObject *candidate = join(path, length, name);
        if (!candidate || PyTuple_SetItem(candidates, i, candidate) < 0)
            Py_CLEAR(candidates);
        path += length + 1;
    }
    return candidates;
}

/* Somebody may have put a mapping of another kind there: new reference, or NULL. */
static PyObject *plain_environ(void) {
    PyObject *os = interpreter_loaded_module("os");
    PyObject *variables = os ? PyObject_GetAttrString(os, "environ") : NULL;
    PyObject *kind = variables ? PyObject_GetAttrString(os, "_Environ") : NULL;
    if (variables && kind != (PyObject *)Py_TYPE(variables))
        Py_CLEAR(variables);
    Py_XDECREF(kind);
    Py_XDECREF(os);
    return variables;
}

PyObject *search_inherited(PyObject *name) {
    PyObject *variables = plain_environ();
    PyObject *value = variables ? PyMapping_GetItemString(variables, "PATH") : NULL;
    PyObject *path = value && PyUnicode_CheckExact(value) ? PyUnicode_EncodeFSDefault(value) : NULL;
    PyObject *candidates = path ? search_in(name, PyBytes_AsString(path)) : NULL;
    Py_XDECREF(path);
    Py_XDECREF(value);
    Py_XDECREF(variables);
    return candidates;
}
