/* SPDX-License-Identifier: MIT */
#include "dialect.h"

#include <stdbool.h>

#include "interpreter.h"

/* Lambdas within functions within methods; deeper, no reader was ever written. */
enum { DEPTH_MAX = 4 };

/* New reference, or NULL without an exception. */
static PyObject *attribute(PyObject *object, const char *name) {
    PyObject *value = object ? PyObject_GetAttrString(object, name) : NULL;
    if (!value)
        PyErr_Clear();
    return value;
}

static bool equals(PyObject *constant, const char *text) {
    return PyUnicode_Check(constant) && PyUnicode_CompareWithASCIIString(constant, text) == 0;
}

/* What the constants of this code, and of the code in them, show of the reader. */
static unsigned int look_at(PyObject *constants, int depth) {
    unsigned int found = 0;
    Py_ssize_t count = constants && PyTuple_Check(constants) ? PyTuple_Size(constants) : 0;
    for (Py_ssize_t i = 0; i < count && depth > 0; i++) {
        PyObject *constant = PyTuple_GetItem(constants, i);
        if (equals(constant, "noexec"))
            found |= DIALECT_NOEXEC;
        if (equals(constant, "noexec:chdir"))
            found |= DIALECT_NOEXEC | DIALECT_CHDIR;
        if (PyTuple_Check(constant)) {
            found |= look_at(constant, depth - 1);
        } else {
            PyObject *inner = attribute(constant, "co_consts");
            found |= look_at(inner, depth - 1);
            Py_XDECREF(inner);
        }
    }
    return found;
}

/* What a wrapper wraps: it is the one that reads. Steals the function. */
static PyObject *unwrapped(PyObject *function) {
    PyObject *inner = attribute(function, "__wrapped__");
    if (!inner)
        return function;
    Py_DECREF(function);
    return inner;
}

/* 0 if it cannot be told: no such method, or one that somebody put in its place. */
static unsigned int inspect(PyObject *module) {
    PyObject *popen = attribute(module, "Popen");
    PyObject *method = unwrapped(attribute(popen, "_execute_child"));
    PyObject *code = attribute(method, "__code__");
    PyObject *constants = attribute(code, "co_consts");
    PyObject *error = attribute(module, "SubprocessError");
    unsigned int found = look_at(constants, DEPTH_MAX);
    if (found && error)
        found |= DIALECT_KNOWN | DIALECT_SUBPROCESS_ERROR;
    else if (found)
        found |= DIALECT_KNOWN;
    else if (constants && !error) /* before 3.3 nothing was marked, and SubprocessError not yet */
        found = DIALECT_KNOWN;
    Py_XDECREF(error);
    Py_XDECREF(constants);
    Py_XDECREF(code);
    Py_XDECREF(method);
    Py_XDECREF(popen);
    return found;
}

/* Without a reader to look at, that of the standard library's newest release. */
static unsigned int usual(void) {
    unsigned int dialect = DIALECT_KNOWN | DIALECT_NOEXEC | DIALECT_SUBPROCESS_ERROR;
    return interpreter_is_at_least(3, 11) ? dialect | DIALECT_CHDIR : dialect;
}

unsigned int dialect_of_reader(struct module_state *state) {
    unsigned int dialect = atomic_load(&state->dialect);
    if (dialect)
        return dialect;
    PyObject *module = interpreter_loaded_module("subprocess");
    dialect = module ? inspect(module) : 0;
    Py_XDECREF(module);
    if (!dialect)
        return usual();
    atomic_store(&state->dialect, dialect);
    return dialect;
}

int dialect_reader_forbids_vfork(void) {
    PyObject *module = interpreter_loaded_module("subprocess");
    PyObject *setting = attribute(module, "_USE_VFORK");
    int allowed = setting ? PyObject_IsTrue(setting) : 1;
    if (allowed < 0)
        PyErr_Clear();
    Py_XDECREF(setting);
    Py_XDECREF(module);
    return allowed == 0;
}
