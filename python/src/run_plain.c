/* SPDX-License-Identifier: MIT
 *
 * run_plain(): the short way of forkexec.run() for what is plain, from the keywords to the Result.
 */
#include "result.h"
#include "run.h"

#include <limits.h>
#include <math.h>

struct plain {
    PyObject *streams[3];
    PyObject *input;
    PyObject *cwd;
    PyObject *environment;
    PyObject *timeout; /* new reference */
    bool captures;
    bool checks;
    int texts; /* keywords that are about text, of which more than one may not go together */
    bool is_text;
};

/* ---- keywords: whether the value is one that is plain ---- */

static bool is_number(PyObject *value) { return PyLong_CheckExact(value); }

static bool take_stream(PyObject *value, PyObject **stream) {
    *stream = value;
    return value == Py_None || is_number(value);
}

static bool take_flag(PyObject *value, bool *flag) {
    *flag = value == Py_True;
    return PyBool_Check(value);
}

static bool take_directory(PyObject *value, struct plain *plain) {
    plain->cwd = value;
    return value == Py_None || PyUnicode_CheckExact(value) || PyBytes_CheckExact(value);
}

static bool take_environment(PyObject *value, struct plain *plain) {
    plain->environment = value;
    return value == Py_None || PyDict_CheckExact(value);
}

static bool take_input(PyObject *value, struct plain *plain) {
    plain->input = value;
    return value == Py_None || PyBytes_CheckExact(value);
}

static bool take_text(PyObject *value, struct plain *plain) {
    plain->texts++;
    plain->is_text = true;
    return value == Py_True || PyUnicode_CheckExact(value);
}

/* In whole milliseconds, rounded up. */
static bool take_timeout(PyObject *value, struct plain *plain) {
    if (value == Py_None)
        return true;
    if ((!PyFloat_CheckExact(value) && !is_number(value)) || plain->timeout)
        return false;
    double milliseconds = ceil(PyFloat_AsDouble(value) * 1000);
    if (milliseconds >= 0 && milliseconds <= INT_MAX)
        plain->timeout = PyLong_FromLong((long)milliseconds);
    return plain->timeout != NULL;
}

static bool is(PyObject *name, const char *keyword) {
    return PyUnicode_CompareWithASCIIString(name, keyword) == 0;
}

static bool take(PyObject *name, PyObject *value, struct plain *plain) {
    if (is(name, "capture_output"))
        return take_flag(value, &plain->captures);
    if (is(name, "check"))
        return take_flag(value, &plain->checks);
    if (is(name, "timeout"))
        return take_timeout(value, plain);
    if (is(name, "cwd"))
        return take_directory(value, plain);
    if (is(name, "env"))
        return take_environment(value, plain);
    if (is(name, "input"))
        return take_input(value, plain);
    if (is(name, "stdin"))
        return take_stream(value, &plain->streams[0]);
    if (is(name, "stdout"))
        return take_stream(value, &plain->streams[1]);
    if (is(name, "stderr"))
        return take_stream(value, &plain->streams[2]);
    if (is(name, "text") || is(name, "encoding"))
        return take_text(value, plain);
    return false;
}

/* Whether it is; if not there may be an exception. The objects are borrowed from the dictionary. */
static bool take_all(PyObject *keywords, struct plain *plain) {
    PyObject *name, *value;
    Py_ssize_t position = 0;
    while (PyDict_Next(keywords, &position, &name, &value))
        if (!take(name, value, plain))
            return false;
    if (plain->captures && (plain->streams[1] != Py_None || plain->streams[2] != Py_None))
        return false;
    if (plain->is_text && (plain->texts > 1 || plain->input != Py_None))
        return false;
    return plain->input == Py_None || plain->streams[0] == Py_None;
}

/* ---- doing it ---- */

enum { PIPE = -1 };

/* New reference: what run_build() takes. */
static PyObject *command_of(const struct plain *plain, PyObject *list) {
    PyObject *pipe = PyLong_FromLong(PIPE), *command = NULL;
    if (!pipe)
        return NULL;
    PyObject *in = plain->input == Py_None ? plain->streams[0] : pipe;
    PyObject *out = plain->captures ? pipe : plain->streams[1];
    PyObject *error = plain->captures ? pipe : plain->streams[2];
    command = Py_BuildValue("(OOOOOOO()iiiO)", list, Py_None, plain->cwd, plain->environment, in,
                            out, error, 0, -1, -1, Py_None);
    Py_DECREF(pipe);
    return command;
}

/* A Result, or what run() returns where Python has to make one of it, or something else. */
static PyObject *run(struct module_state *state, const struct plain *plain, PyObject *type,
                     PyObject *ladder, PyObject *args, PyObject *list) {
    PyObject *const outputs[] = {Py_None, Py_None};
    PyObject *timeout = plain->timeout ? plain->timeout : Py_None, *result = NULL;
    PyObject *command = command_of(plain, list);
    PyObject *bounds = Py_BuildValue("(OOOOO)", Py_None, timeout, Py_None, Py_None, ladder);
    struct run run;
    if (command && bounds) {
        if (run_build(&run, state, command, plain->input, outputs, bounds) == 0 &&
            run_do(&run, -1) == 0) {
            if (!plain->is_text)
                result = run_result(&run, type, args, plain->checks);
            if (!result && !PyErr_Occurred())
                result = run_outcome(&run);
        }
        run_release(&run);
    }
    Py_XDECREF(bounds);
    Py_XDECREF(command);
    return result;
}

/* The arguments as a list of their own, which audit hooks are shown. NULL if they are not plain. */
static PyObject *list_of(PyObject *args) {
    if (PyUnicode_CheckExact(args) || PyBytes_CheckExact(args))
        return Py_BuildValue("[O]", args);
    return PyList_CheckExact(args) || PyTuple_CheckExact(args) ? PySequence_List(args) : NULL;
}

PyObject *module_run_plain(PyObject *module, PyObject *given) {
    struct plain plain = {.streams = {Py_None, Py_None, Py_None},
                          .input = Py_None,
                          .cwd = Py_None,
                          .environment = Py_None};
    PyObject *type, *ladder, *args, *keywords, *list = NULL, *result = NULL;
    if (!PyArg_ParseTuple(given, "OOOO!:run_plain", &type, &ladder, &args, &PyDict_Type, &keywords))
        return NULL;
    if (take_all(keywords, &plain))
        list = list_of(args);
    if (list) {
        result = run(module_state(module), &plain, type, ladder, args, list);
        Py_DECREF(list);
    } else if (!PyErr_Occurred()) {
        Py_INCREF(Py_None);
        result = Py_None;
    }
    Py_XDECREF(plain.timeout);
    return result;
}
