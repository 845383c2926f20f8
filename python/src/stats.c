/* SPDX-License-Identifier: MIT
 *
 * The statistics as Python sees them.
 */
#include "module.h"

#include "interpreter.h"
#include "statistics.h"

/* Add a value to a dictionary or list and drop our reference. 0, or -1 with an exception. */
static int put(PyObject *dictionary, const char *name, PyObject *value) {
    int result = value ? PyDict_SetItemString(dictionary, name, value) : -1;
    Py_XDECREF(value);
    return result;
}

static int append(PyObject *list, PyObject *value) {
    int result = value ? PyList_Append(list, value) : -1;
    Py_XDECREF(value);
    return result;
}

static PyObject *spawns(struct statistics *statistics) {
    PyObject *list = PyList_New(0);
    for (int mechanism = 0; mechanism < FX_MECHANISM_COUNT; mechanism++) {
        for (int reason = 0; list && reason < FX_REASON_COUNT; reason++) {
            unsigned long count = atomic_load(&statistics->spawns[mechanism][reason]);
            if (count &&
                append(list, Py_BuildValue("(ssk)", fx_mechanism_name((fx_mechanism)mechanism),
                                           fx_reason_name((fx_reason)reason), count)) < 0)
                Py_CLEAR(list);
        }
    }
    return list;
}

/* Several steps can have one name. */
static int add_failures(PyObject *dictionary, const char *name, unsigned long count) {
    PyObject *key = PyUnicode_FromString(name);
    PyObject *before = key ? PyDict_GetItemWithError(dictionary, key) : NULL; /* borrowed */
    unsigned long total = count + (before ? PyLong_AsUnsignedLong(before) : 0);
    Py_XDECREF(key);
    return PyErr_Occurred() ? -1 : put(dictionary, name, PyLong_FromUnsignedLong(total));
}

static PyObject *failures(struct statistics *statistics) {
    PyObject *dictionary = PyDict_New();
    for (int step = 0; dictionary && step < FX_STEP_COUNT; step++) {
        unsigned long count = atomic_load(&statistics->failures->by_step[step]);
        if (count && add_failures(dictionary, fx_step_name((fx_step)step), count) < 0)
            Py_CLEAR(dictionary);
    }
    return dictionary;
}

static PyObject *skipped(struct statistics *statistics) {
    PyObject *dictionary = PyDict_New();
    for (int step = 0; dictionary && step < FX_STEP_COUNT; step++) {
        unsigned long count = atomic_load(&statistics->skipped[step]);
        if (count &&
            put(dictionary, fx_step_key((fx_step)step), PyLong_FromUnsignedLong(count)) < 0)
            Py_CLEAR(dictionary);
    }
    return dictionary;
}

static PyObject *durations(struct statistics *statistics) {
    unsigned long count = atomic_load(&statistics->count);
    unsigned long first = count > STATISTICS_DURATIONS ? count - STATISTICS_DURATIONS : 0;
    PyObject *list = PyList_New(0);
    for (unsigned long i = first; list && i < count; i++) {
        unsigned long ticks = atomic_load(&statistics->durations[i % STATISTICS_DURATIONS]);
        /* 0: the spawn is counted, but its thread has not come to write how long it took. */
        if (ticks &&
            append(list, PyFloat_FromDouble((double)ticks / STATISTICS_TICKS_PER_SECOND)) < 0)
            Py_CLEAR(list);
    }
    return list;
}

PyObject *module_stats(PyObject *module, PyObject *unused) {
    struct statistics *statistics = module_state(module)->statistics;
    PyObject *result = PyDict_New();
    (void)unused;
    if (result &&
        (put(result, "spawns", spawns(statistics)) < 0 ||
         put(result, "failures", failures(statistics)) < 0 ||
         put(result, "skipped", skipped(statistics)) < 0 ||
         put(result, "durations", durations(statistics)) < 0 ||
         put(result, "slowest",
             PyFloat_FromDouble((double)atomic_load(&statistics->slowest) /
                                STATISTICS_TICKS_PER_SECOND)) < 0 ||
         put(result, "count", PyLong_FromUnsignedLong(atomic_load(&statistics->count))) < 0))
        Py_CLEAR(result);
    return result;
}

PyObject *module_stats_reset(PyObject *module, PyObject *unused) {
    (void)unused;
    int result = statistics_reset(module_state(module)->statistics);
    if (result < 0) {
        interpreter_raise_os_error(-result, NULL);
        return NULL;
    }
    Py_RETURN_NONE;
}
