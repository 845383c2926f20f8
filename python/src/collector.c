/* SPDX-License-Identifier: MIT */
#include "collector.h"

/* 1, 0 or -1 with an exception. */
static int is_enabled(PyObject *gc) {
    PyObject *answer = PyObject_CallMethod(gc, "isenabled", NULL);
    int result = answer ? PyObject_IsTrue(answer) : -1;
    Py_XDECREF(answer);
    return result;
}

int collector_pause(struct collector *collector) {
    *collector = (struct collector){.gc = NULL};
    PyObject *gc = PyImport_ImportModule("gc");
    if (!gc)
        return -1;
    int enabled = is_enabled(gc);
    PyObject *result = enabled == 1 ? PyObject_CallMethod(gc, "disable", NULL) : NULL;
    if (result)
        collector->gc = gc;
    else
        Py_DECREF(gc);
    Py_XDECREF(result);
    return result || enabled == 0 ? 0 : -1;
}

void collector_resume(struct collector *collector) {
    if (!collector->gc)
        return;
    PyObject *result = PyObject_CallMethod(collector->gc, "enable", NULL);
    if (!result)
        PyErr_WriteUnraisable(collector->gc);
    Py_XDECREF(result);
    Py_CLEAR(collector->gc);
}
