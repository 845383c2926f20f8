/* SPDX-License-Identifier: MIT
 *
 * The library's names for numbers, for Python: one list of them serves every face.
 */
#include "names.h"

#include <string.h>

#include "interpreter.h"

static const char *step_name(int step) {
    return step >= 0 && step < FX_STEP_COUNT ? fx_step_key((fx_step)step) : NULL;
}

static const char *scope_name(int kind) {
    return kind >= 0 && kind < FX_SCOPE_COUNT ? fx_scope_name((fx_scope_kind)kind) : NULL;
}

static const char *keep_name(int keep) {
    return keep >= 0 && keep < FX_KEEP_COUNT ? fx_keep_name((fx_keep)keep) : NULL;
}

const struct names names_table[] = {
    {"signal", fx_signal_number, fx_signal_name},
    {"limit", fx_limit_number, fx_limit_name},
    {"capability", fx_capability_number, fx_capability_name},
    {"scheduling", fx_scheduling_number, fx_scheduling_name},
    {"namespace", fx_namespace_number, fx_namespace_name},
    {"io_class", fx_io_class_number, NULL},
    {"step", fx_step_number, step_name},
    {"scope", fx_scope_number, scope_name},
    {"keep", fx_keep_number, keep_name},
    {NULL, NULL, NULL},
};

static const struct names *find(const char *kind) {
    for (const struct names *names = names_table; names->kind; names++)
        if (strcmp(names->kind, kind) == 0)
            return names;
    PyErr_Format(PyExc_ValueError, "no kind of names is called %s", kind);
    return NULL;
}

int names_number(int (*number_of)(const char *name), PyObject *name, int *number) {
    PyObject *bytes = PyUnicode_Check(name) ? PyUnicode_AsUTF8String(name) : NULL;
    *number = -1;
    if (!bytes && !PyErr_Occurred())
        PyErr_SetString(PyExc_TypeError, "a name must be a str");
    if (!bytes && !PyErr_ExceptionMatches(PyExc_UnicodeError))
        return -1;
    PyErr_Clear();
    const char *text = bytes ? PyBytes_AsString(bytes) : "";
    if (bytes && strlen(text) == (size_t)PyBytes_Size(bytes))
        *number = number_of(text);
    Py_XDECREF(bytes);
    return 0;
}

PyObject *module_number(PyObject *module, PyObject *args) {
    const char *kind;
    PyObject *name;
    int number;
    (void)module;
    if (!PyArg_ParseTuple(args, "sU:number", &kind, &name))
        return NULL;
    const struct names *names = find(kind);
    if (!names || names_number(names->number, name, &number) < 0)
        return NULL;
    if (number < 0)
        Py_RETURN_NONE;
    return PyLong_FromLong(number);
}

PyObject *module_name(PyObject *module, PyObject *args) {
    const char *kind;
    int number;
    (void)module;
    if (!PyArg_ParseTuple(args, "si:name", &kind, &number))
        return NULL;
    const struct names *names = find(kind);
    if (!names)
        return NULL;
    const char *name = names->name ? names->name(number) : NULL;
    if (!name)
        Py_RETURN_NONE;
    return PyUnicode_FromString(name);
}
