/* SPDX-License-Identifier: MIT */
#include "popen_request.h"

#include <limits.h>
#include <string.h>

#include "environment.h"
#include "interpreter.h"
#include "preexec.h"
#include "search.h"

/* The positions of the arguments; `self` is not among them. */
enum {
    ARGS,
    EXECUTABLE,
    PREEXEC_FN,
    CLOSE_FDS,
    PASS_FDS,
    CWD,
    ENV,
    SHELL = 9,
    P2CREAD,
    P2CWRITE,
    C2PREAD,
    C2PWRITE,
    ERRREAD,
    ERRWRITE,
    RESTORE_SIGNALS,
    TAIL
};

/* What follows, and in which versions. */
enum { COUNT_3_8 = 18, COUNT_3_9 = 22, COUNT_3_11 = 23 };
enum { GID = TAIL, GIDS, UID, UMASK };

static PyObject *at(PyObject *given, Py_ssize_t index) { return PyTuple_GetItem(given, index); }

/* Exact types only: a subclass may mean something else by its value. */
static bool take_number(PyObject *object, int *number) {
    int overflow = 0;
    if (!PyLong_CheckExact(object) && !PyBool_Check(object))
        return false;
    long value = PyLong_AsLongAndOverflow(object, &overflow);
    *number = (int)value;
    return !overflow && value >= INT_MIN && value <= INT_MAX;
}

static bool is_string(PyObject *object) {
    return PyUnicode_CheckExact(object) || PyBytes_CheckExact(object);
}

static bool is_sequence(PyObject *object) {
    return PyList_CheckExact(object) || PyTuple_CheckExact(object);
}

static bool take_numbers(PyObject *given, struct arguments *a) {
    return take_number(at(given, CLOSE_FDS), &a->close_fds) &&
           take_number(at(given, P2CREAD), &a->p2cread) &&
           take_number(at(given, P2CWRITE), &a->p2cwrite) &&
           take_number(at(given, C2PREAD), &a->c2pread) &&
           take_number(at(given, C2PWRITE), &a->c2pwrite) &&
           take_number(at(given, ERRREAD), &a->errread) &&
           take_number(at(given, ERRWRITE), &a->errwrite) &&
           take_number(at(given, RESTORE_SIGNALS), &a->restore_signals);
}

/* Another user or group means fork, and a pipe for its report: not what this is for. */
static bool take_tail(PyObject *given, struct arguments *a) {
    Py_ssize_t count = PyTuple_Size(given);
    if (count == COUNT_3_8)
        return take_number(at(given, TAIL), &a->call_setsid);
    if (count != COUNT_3_9 && count != COUNT_3_11)
        return false;
    return at(given, GID) == Py_None && at(given, GIDS) == Py_None && at(given, UID) == Py_None &&
           take_number(at(given, UMASK), &a->umask) &&
           take_number(at(given, UMASK + 1), &a->call_setsid) &&
           (count == COUNT_3_9 || take_number(at(given, UMASK + 2), &a->process_group));
}

/* ---- program and arguments ---- */

static bool put_shell(PyObject *args) {
    if (PySys_GetObject("getandroidapilevel")) /* its shell has another name */
        return false;
    PyObject *shell = PyUnicode_FromString("/bin/sh"), *option = PyUnicode_FromString("-c");
    bool done = shell && option && PyList_Insert(args, 0, option) == 0 &&
                PyList_Insert(args, 0, shell) == 0;
    Py_XDECREF(shell);
    Py_XDECREF(option);
    return done;
}

static bool build_args(PyObject *given, struct popen_request *request) {
    PyObject *args = at(given, ARGS), *executable = at(given, EXECUTABLE);
    int shell;
    if (!take_number(at(given, SHELL), &shell))
        return false;
    if (is_string(args))
        request->args = Py_BuildValue("[O]", args);
    else if (is_sequence(args))
        request->args = PySequence_List(args);
    if (!request->args || PyList_Size(request->args) == 0 || (shell && !put_shell(request->args)))
        return false;
    if (executable == Py_None)
        executable = PyList_GetItem(request->args, 0);
    else if (!is_string(executable) || PyObject_Size(executable) == 0)
        return false;
    Py_INCREF(executable);
    request->program = executable;
    if (!shell)
        return true;
    Py_INCREF(executable);
    return PyList_SetItem(request->args, 0, executable) == 0;
}

static bool build_executables(struct popen_request *request) {
    if (!PyUnicode_FSConverter(request->program, &request->name)) {
        request->name = NULL;
        return false;
    }
    if (strchr(PyBytes_AsString(request->name), '/'))
        request->executables = Py_BuildValue("(O)", request->name);
    else if (!request->environment)
        request->executables = search_inherited(request->name);
    else if (environment_of(request->environment)->path)
        request->executables = search_in(request->name, environment_of(request->environment)->path);
    return request->executables != NULL;
}

static bool build_environment(struct module_state *state, PyObject *given,
                              struct popen_request *request) {
    PyObject *environment = request->environment_given = at(given, ENV);
    if (environment == Py_None)
        return true;
    /* An audit event from 3.14 on shows it as a list, which there is not. */
    if (!PyDict_CheckExact(environment) || interpreter_is_at_least(3, 14))
        return false;
    request->environment = environment_convert(state, environment);
    return request->environment != NULL;
}

/* ---- descriptors ---- */

/* Sorted, each once, as a tuple; NULL if they are not all plain integers. */
static PyObject *sort_once(PyObject *numbers) {
    PyObject *list = PySequence_List(numbers);
    for (Py_ssize_t i = 0; list && i < PyList_Size(list); i++)
        if (!PyLong_CheckExact(PyList_GetItem(list, i)))
            Py_CLEAR(list);
    if (list && PyList_Sort(list) < 0)
        Py_CLEAR(list);
    for (Py_ssize_t i = 1; list && i < PyList_Size(list);) {
        PyObject *before = PyList_GetItem(list, i - 1);
        if (PyObject_RichCompareBool(before, PyList_GetItem(list, i), Py_EQ) == 0)
            i++;
        else if (PyList_SetSlice(list, i, i + 1, NULL) < 0)
            Py_CLEAR(list);
    }
    PyObject *tuple = list ? PyList_AsTuple(list) : NULL;
    Py_XDECREF(list);
    return tuple;
}

static bool build_keep(PyObject *given, struct popen_request *request) {
    PyObject *numbers = at(given, PASS_FDS);
    if (is_sequence(numbers) || PyAnySet_CheckExact(numbers))
        request->keep = PySequence_Size(numbers) ? sort_once(numbers) : PyTuple_New(0);
    return request->keep != NULL;
}

/* ---- preexec_fn ---- */

/* What has to be called means fork, and so does much of what a Setup can say. */
static bool recognise(struct module_state *state, PyObject *given, struct popen_request *request) {
    PyObject *callable = at(given, PREEXEC_FN);
    if (callable == Py_None)
        return true;
    if (preexec_recognise(state, callable, &request->capsule) < 0 || !request->capsule)
        return false;
    const struct attributes *attributes = attributes_of(request->capsule);
    return !atomic_load(&attributes->needs_other_memory) &&
           (!attributes->stands_for_callable || interpreter_check_callback() == 0);
}

static bool add_attributes(struct popen_request *request) {
    if (!request->capsule)
        return true;
    const struct attributes *attributes = attributes_of(request->capsule);
    return (attributes->command.mechanism == FX_MECHANISM_AUTO ||
            attributes->command.mechanism == FX_MECHANISM_CLONE3) &&
           attributes_merge(attributes, &request->request) == MERGE_DONE;
}

/* ---- all of it ---- */

bool popen_request_build(struct module_state *state, PyObject *given,
                         struct popen_request *request) {
    struct arguments *a = &request->arguments;
    memset(request, 0, sizeof *request);
    *a = (struct arguments)ARGUMENTS_UNSET;
    if (PyTuple_Size(given) < COUNT_3_8 || !recognise(state, given, request) ||
        !take_numbers(given, a) || !take_tail(given, a) || !build_args(given, request) ||
        !build_environment(state, given, request) || !build_executables(request) ||
        !build_keep(given, request))
        return false;
    a->args = request->args;
    a->executables = request->executables;
    a->keep = request->keep;
    a->directory = at(given, CWD);
    if (request_build(a, &request->request) < 0)
        return false;
    if (request->environment)
        request->request.command.environment = environment_of(request->environment)->list;
    return add_attributes(request);
}

void popen_request_release(struct popen_request *request) {
    request_release(&request->request);
    Py_XDECREF(request->program);
    Py_XDECREF(request->args);
    Py_XDECREF(request->name);
    Py_XDECREF(request->executables);
    Py_XDECREF(request->keep);
    Py_XDECREF(request->environment);
    Py_XDECREF(request->capsule);
}
