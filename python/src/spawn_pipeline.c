/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "child.h"
#include "child_command.h"
#include "environment.h"
#include "launch.h"
#include "spawn_error.h"
#include "statistics.h"

struct pipeline {
    size_t count;
    struct child_command *made;
    const fx_command **commands;
    fx_child **handles;
    PyObject *children; /* a list of Child */
    char **environment;
};

static int build_one(struct module_state *state, struct pipeline *pipeline, size_t n,
                     PyObject *given) {
    struct child *child = child_new(state);
    if (!child || PyList_Append(pipeline->children, (PyObject *)child) < 0) {
        Py_XDECREF(child);
        return -1;
    }
    pipeline->commands[n] = &pipeline->made[n].command;
    pipeline->handles[n] = &child->child;
    pipeline->count = n + 1;
    Py_DECREF(child); /* the list has it */
    return child_command_build(state, given, &pipeline->made[n]);
}

static int build(struct module_state *state, struct pipeline *pipeline, PyObject *given) {
    size_t count = (size_t)PyTuple_Size(given);
    pipeline->children = PyList_New(0);
    pipeline->made = calloc(count + 1, sizeof *pipeline->made);
    pipeline->commands = calloc(count + 1, sizeof *pipeline->commands);
    pipeline->handles = calloc(count + 1, sizeof *pipeline->handles);
    if (!pipeline->children)
        return -1;
    if (!pipeline->made || !pipeline->commands || !pipeline->handles) {
        PyErr_NoMemory();
        return -1;
    }
    for (size_t n = 0; n < count; n++)
        if (build_one(state, pipeline, n, PyTuple_GetItem(given, (Py_ssize_t)n)) < 0)
            return -1;
    return 0;
}

static void release(struct pipeline *pipeline) {
    for (size_t n = 0; n < pipeline->count; n++)
        child_command_release(&pipeline->made[n]);
    free(pipeline->made);
    free(pipeline->commands);
    free(pipeline->handles);
    free(pipeline->environment);
}

/* Other threads run while it is started, and could change the environment of the process. */
static int give_environment(struct pipeline *pipeline) {
    pipeline->environment = environment_copy();
    if (!pipeline->environment)
        PyErr_NoMemory();
    for (size_t n = 0; pipeline->environment && n < pipeline->count; n++)
        if (!pipeline->made[n].command.environment)
            pipeline->made[n].command.environment = pipeline->environment;
    return pipeline->environment ? 0 : -1;
}

static PyObject *spawn(struct module_state *state, const struct pipeline *pipeline) {
    fx_error error = {.size = sizeof error};
    size_t failed = 0;
    unsigned long begun = statistics_now();
    int result;
    Py_BEGIN_ALLOW_THREADS;
    result =
        fx_spawn_pipeline(pipeline->commands, pipeline->count, pipeline->handles, &failed, &error);
    Py_END_ALLOW_THREADS;
    if (result < 0) {
        const struct child_command *made =
            &pipeline->made[failed < pipeline->count ? failed : pipeline->count - 1];
        return spawn_error_raise(state, &error, made->given_program, made->given_directory);
    }
    for (size_t n = 0; n < pipeline->count; n++) {
        struct child *child = (struct child *)PyList_GetItem(pipeline->children, (Py_ssize_t)n);
        child->pid = child->child.pid;
        launch_note(state, &child->child, begun);
    }
    Py_INCREF(pipeline->children);
    return pipeline->children;
}

PyObject *module_spawn_pipeline(PyObject *module, PyObject *given) {
    struct module_state *state = module_state(module);
    struct pipeline pipeline = {.count = 0};
    PyObject *commands = PySequence_Tuple(given), *result = NULL;
    if (commands && PyTuple_Size(commands) == 0)
        PyErr_SetString(PyExc_ValueError, "a pipeline needs a command");
    else if (commands && build(state, &pipeline, commands) == 0 && give_environment(&pipeline) == 0)
        result = spawn(state, &pipeline);
    release(&pipeline);
    Py_XDECREF(pipeline.children);
    Py_XDECREF(commands);
    return result;
}
