/* SPDX-License-Identifier: MIT */
#include "result.h"

#include <stdbool.h>
#include <stddef.h>
#include <structmember.h>

#include "child.h"

struct result {
    PyObject_HEAD PyObject *returncode;
    struct result_parts parts;
};

/* Of the last one of the ends; 0, as subprocess has it, where nobody knows. A new reference. */
static PyObject *returncode_of(PyObject *ends) {
    Py_ssize_t count = PyTuple_Size(ends);
    if (count < 0)
        return NULL;
    return count == 0 ? PyLong_FromLong(0)
                      : PySequence_GetItem(PyTuple_GetItem(ends, count - 1), 0);
}

static void take(struct result *self, const struct result_parts *parts) {
    self->parts = *parts;
    Py_INCREF(parts->args);
}

static void release(const struct result_parts *parts) {
    Py_XDECREF(parts->ends);
    Py_XDECREF(parts->ending);
    Py_XDECREF(parts->held);
    Py_XDECREF(parts->output);
    Py_XDECREF(parts->output_counts);
    Py_XDECREF(parts->errors);
    Py_XDECREF(parts->errors_counts);
}

static bool are_there(const struct result_parts *parts) {
    return parts->ends && parts->ending && parts->held && parts->output && parts->output_counts &&
           parts->errors && parts->errors_counts;
}

PyObject *result_make(PyObject *type, const struct result_parts *parts) {
    struct result *self = NULL;
    PyObject *returncode = are_there(parts) ? returncode_of(parts->ends) : NULL;
    if (returncode)
        self = types_allocate(type);
    if (self) {
        self->returncode = returncode;
        take(self, parts);
        return (PyObject *)self;
    }
    Py_XDECREF(returncode);
    release(parts);
    return NULL;
}

static PyObject *construct(PyTypeObject *type, PyObject *args, PyObject *keywords) {
    struct result_parts parts;
    (void)keywords;
    if (!PyArg_ParseTuple(args, "OO!OOOOOO", &parts.args, &PyTuple_Type, &parts.ends, &parts.ending,
                          &parts.held, &parts.output, &parts.output_counts, &parts.errors,
                          &parts.errors_counts))
        return NULL;
    Py_INCREF(parts.ends);
    Py_INCREF(parts.ending);
    Py_INCREF(parts.held);
    Py_INCREF(parts.output);
    Py_INCREF(parts.output_counts);
    Py_INCREF(parts.errors);
    Py_INCREF(parts.errors_counts);
    return result_make((PyObject *)type, &parts);
}

static void deallocate(struct result *self) {
    Py_XDECREF(self->returncode);
    Py_XDECREF(self->parts.args);
    release(&self->parts);
    types_free((PyObject *)self);
}

#define MEMBER(name, field, doc)                                                                   \
    { name, T_OBJECT, (Py_ssize_t)offsetof(struct result, field), READONLY, doc }

static PyMemberDef members[] = {
    MEMBER("args", parts.args, "What was run, as it was given."),
    MEMBER("returncode", returncode, "The exit status, or -N if signal N ended it."),
    MEMBER("stdout", parts.output, "What was kept of its output, or None."),
    MEMBER("stderr", parts.errors, "The same of standard error."),
    MEMBER("ending", parts.ending, "Why it ended."),
    MEMBER("held", parts.held, "Somebody else still held a stream open."),
    MEMBER("_ends", parts.ends, NULL),
    MEMBER("_stdout", parts.output_counts, NULL),
    MEMBER("_stderr", parts.errors_counts, NULL),
    {NULL, 0, 0, 0, NULL},
};

PyDoc_STRVAR(result_doc, "What forkexec.Result is made of.");

static PyType_Slot slots[] = {
    TYPES_SLOT(Py_tp_new, construct),
    TYPES_SLOT(Py_tp_dealloc, deallocate),
    TYPES_SLOT(Py_tp_members, members),
    TYPES_SLOT(Py_tp_doc, result_doc),
    {0, NULL},
};

static PyType_Spec spec = {
    .name = "forkexec._native.ResultParts",
    .basicsize = sizeof(struct result),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .slots = slots,
};

int result_add_type(PyObject *module) {
    PyObject *type;
    if (types_add(module, &spec, "ResultParts", &type) < 0)
        return -1;
    Py_DECREF(type); /* the module has it */
    return 0;
}
