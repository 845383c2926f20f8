/* SPDX-License-Identifier: MIT */
#include "collector.h"

#include "interpreter.h"

/* 1, 0 or -1 with an exception. */
static int is_enabled(PyObject *gc) {
    PyObject *answer = PyObject_CallMethod(gc, "isenabled", NULL);
    int result = answer ? PyObject_IsTrue(answer) : -1;
    Py_XDECREF(answer);
    return result;
}

static int pause_through_module(struct collector *collector) {
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

int collector_pause(struct collector *collector) {
    int (*disable)(void);
    int (*enable)(void);
    *collector = (struct collector){.gc = NULL};
    if (!interpreter_look_up("PyGC_Disable", &disable) ||
        !interpreter_look_up("PyGC_Enable", &enable))
        return pause_through_module(collector);
    if (disable())
        collector->enable = enable;
    return 0;
}

void collector_resume(struct collector *collector) {
    if (collector->enable)
        (void)collector->enable();
    if (!collector->gc)
        return;
    PyObject *result = PyObject_CallMethod(collector->gc, "enable", NULL);
    if (!result)
        PyErr_WriteUnraisable(collector->gc);
    Py_XDECREF(result);
    Py_CLEAR(collector->gc);
}
