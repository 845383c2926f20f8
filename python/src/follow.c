/* SPDX-License-Identifier: MIT */
#include "follow.h"

#include <stdlib.h>
#include <string.h>

#include "child.h"

/* ---- functions of outputs ---- */

static void keep_exception(struct follow *follow) {
    struct follow_exception *failure = &follow->failure;
    if (failure->type) {
        PyErr_Clear();
        return;
    }
    PyErr_Fetch(&failure->type, &failure->value, &failure->traceback);
}

static void call(struct follow_function *function, const void *data, size_t size) {
    PyObject *bytes = PyBytes_FromStringAndSize(data, (Py_ssize_t)size);
    PyObject *result = bytes ? PyObject_CallFunctionObjArgs(function->callable, bytes, NULL) : NULL;
    if (!result)
        keep_exception(function->follow);
    Py_XDECREF(result);
    Py_XDECREF(bytes);
}

/* From within fx_drain_run(), on the thread that called it, whose state may be a subinterpreter's.
 */
static int call_with_lock(void *argument, const void *data, size_t size) {
    struct follow_function *function = argument;
    struct follow *follow = function->follow;
    PyEval_RestoreThread(follow->thread);
    if (!follow->failure.type)
        call(function, data, size);
    bool failed = follow->failure.type != NULL;
    follow->thread = PyEval_SaveThread();
    return failed;
}

/* ---- beginning and end ---- */

static int no_memory(void) {
    PyErr_NoMemory();
    return -1;
}

int follow_init(struct follow *follow, size_t room) {
    memset(follow, 0, sizeof *follow);
    follow->options.size = sizeof follow->options;
    if (room == 0)
        return 0;
    follow->outputs = calloc(room, sizeof *follow->outputs);
    follow->functions = calloc(room, sizeof *follow->functions);
    follow->tees = calloc(room, sizeof *follow->tees);
    return follow->outputs && follow->functions && follow->tees ? 0 : no_memory();
}

static void free_request(struct follow *follow) {
    for (size_t i = 0; follow->tees && i < follow->output_count; i++)
        free(follow->tees[i]);
    free(follow->tees);
    free(follow->outputs);
    free(follow->rungs);
    follow->tees = NULL;
    follow->outputs = NULL;
    follow->rungs = NULL;
}

void follow_clear(struct follow *follow) {
    struct follow_exception *failure = &follow->failure;
    for (size_t i = 0; follow->functions && i < follow->output_count; i++)
        Py_CLEAR(follow->functions[i].callable);
    Py_CLEAR(follow->input);
    Py_CLEAR(failure->type);
    Py_CLEAR(failure->value);
    Py_CLEAR(failure->traceback);
}

void follow_release(struct follow *follow) {
    fx_drain_close(follow->drain);
    follow->drain = NULL;
    follow_clear(follow);
    free_request(follow);
    free(follow->functions);
    follow->functions = NULL;
}

int follow_visit(struct follow *follow, visitproc visit, void *arg) {
    for (size_t i = 0; follow->functions && i < follow->output_count; i++)
        Py_VISIT(follow->functions[i].callable);
    Py_VISIT(follow->failure.type);
    Py_VISIT(follow->failure.value);
    Py_VISIT(follow->failure.traceback);
    return 0;
}

/* ---- running ---- */

/* A negative errno. */
static int open_drain(struct follow *follow, fx_child *const *children, size_t count) {
    fx_drain_options *options = &follow->options;
    options->children = children;
    options->child_count = count;
    options->input = follow->input || follow->fed.from_descriptor ? &follow->fed : NULL;
    options->outputs = follow->outputs;
    options->output_count = follow->output_count;
    for (size_t i = 0; i < follow->output_count; i++)
        if (follow->functions[i].callable) {
            follow->outputs[i].function = call_with_lock;
            follow->outputs[i].argument = &follow->functions[i];
        }
    int result = fx_drain_open(options, &follow->drain);
    if (result < 0)
        follow->drain = NULL;
    else
        free_request(follow);
    return result;
}

int follow_open(struct follow *follow, fx_child *const *children, size_t count) {
    int result = open_drain(follow, children, count);
    if (result == 0)
        return 0;
    (void)types_raise(result);
    return -1;
}

/* Whether it was over, or interrupted, before the time was. */
static bool run(struct follow *follow, int timeout) {
    int result = fx_drain_run(follow->drain, timeout, FX_DRAIN_INTERRUPTIBLE);
    follow->over = result != -EINTR && result != -ETIMEDOUT;
    follow->outlived = result == -ECANCELED;
    return result != -ETIMEDOUT;
}

/*
 * A signal that came while the child was made has been noted by Python's own handler, and
 * interrupts no sleep any more: what it is to bring about waits for no longer than this.
 */
enum { FIRST = 5 }; /* milliseconds */

void follow_begin(struct follow *follow, fx_child *const *children, size_t count,
                  PyThreadState *thread) {
    if (open_drain(follow, children, count) < 0)
        return;
    follow->thread = thread;
    (void)run(follow, FIRST);
}

int follow_run(struct follow *follow, int timeout) {
    while (!follow->over) {
        if (PyErr_CheckSignals() < 0)
            return -1;
        follow->thread = PyEval_SaveThread();
        bool in_time = run(follow, timeout);
        PyEval_RestoreThread(follow->thread);
        if (!in_time)
            return 0;
    }
    return 1;
}

void follow_stop(struct follow *follow) { fx_drain_stop(follow->drain); }

int follow_raise(struct follow *follow) {
    struct follow_exception *failure = &follow->failure;
    if (!failure->type)
        return 0;
    PyErr_Restore(failure->type, failure->value, failure->traceback);
    *failure = (struct follow_exception){NULL, NULL, NULL};
    return -1;
}
