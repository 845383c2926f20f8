/* SPDX-License-Identifier: MIT */
#include "module.h"

#include "arguments.h"
#include "dialect.h"
#include "forkexec.h"
#include "interpreter.h"
#include "launch.h"
#include "preexec.h"
#include "prepared.h"
#include "report.h"
#include "request.h"
#include "statistics.h"

static PyObject *run(struct module_state *state, const fx_command *command) {
    fx_error error = {.size = sizeof error};
    fx_child child = {.size = sizeof child};
    int result = command->callback.function
                     ? launch_command_with_callback(state, command, &child, &error)
                     : launch_command(state, command, &child, &error, NULL);
    if (result == 0) {
        PyObject *pid = PyLong_FromLong((long)child.pid);
        fx_child_close(&child);
        return pid;
    }
    return result < 0 ? launch_raise(state, &error) : NULL;
}

/* NULL with an exception. */
static PyObject *start(struct module_state *state, const struct arguments *arguments,
                       struct request *request) {
    if (arguments->callback != Py_None && interpreter_check_callback() < 0)
        return NULL;
    struct report_channel channel = {
        .descriptor = arguments->errpipe_write,
        .dialect = dialect_of_reader(state),
        .failures = state->statistics->failures,
    };
    struct launch_call call = {arguments->callback, state->statistics};
    if (arguments->callback != Py_None)
        request->command.callback = (fx_callback){launch_callback, &call};
    request->command.reporter = (fx_reporter){report_failure, &channel};
    return run(state, &request->command);
}

/*
 * With attributes instead of the callback. If that would not be the same, MERGE_IS_NOT_THE_SAME,
 * and the request is as it was.
 */
static enum merge start_prepared(struct module_state *state, const struct arguments *arguments,
                                 const struct attributes *attributes, struct request *request,
                                 PyObject **pid) {
    fx_command before = request->command;
    struct prepared prepared;
    enum merge merged = attributes_merge(attributes, request);
    if (merged != MERGE_DONE)
        return merged;
    prepared_init(&prepared, state, attributes, &request->command);
    prepared.errpipe_write = arguments->errpipe_write;
    *pid = prepared_fork_exec(&prepared, arguments->directory);
    prepared_release(&prepared);
    if (*pid)
        return MERGE_DONE;
    /* What a callable of the standard library thinks of its arguments is its own to say. */
    if (!attributes->stands_for_callable || !prepared_is_to_blame(&prepared))
        return MERGE_ERROR;
    PyErr_Clear();
    request->command = before;
    return MERGE_IS_NOT_THE_SAME;
}

static PyObject *start_either(struct module_state *state, const struct arguments *arguments,
                              PyObject *capsule, struct request *request) {
    PyObject *pid = NULL;
    if (interpreter_audit_fork_exec(arguments->executables, arguments->args,
                                    arguments->environment) < 0)
        return NULL;
    if (capsule && start_prepared(state, arguments, attributes_of(capsule), request, &pid) !=
                       MERGE_IS_NOT_THE_SAME)
        return pid;
    return start(state, arguments, request);
}

/* A Setup is no code that would have to run in a child. */
static int check(const struct arguments *arguments, PyObject *capsule) {
    bool is_setup = capsule && !attributes_of(capsule)->stands_for_callable;
    if (arguments->callback != Py_None && !is_setup && interpreter_check_callback() < 0)
        return -1;
    if (arguments->close_fds && arguments->errpipe_write < 3) {
        PyErr_SetString(PyExc_ValueError, "errpipe_write must be >= 3");
        return -1;
    }
    return 0;
}

PyObject *module_fork_exec(PyObject *module, PyObject *args) {
    struct module_state *state = module_state(module);
    struct arguments arguments;
    struct request request;
    PyObject *capsule = NULL, *pid = NULL;
    if (arguments_parse(args, &arguments) < 0 ||
        preexec_recognise(state, arguments.callback, &capsule) < 0)
        return NULL;
    if (check(&arguments, capsule) == 0) {
        if (request_build(&arguments, &request) == 0)
            pid = start_either(state, &arguments, capsule, &request);
        request_release(&request);
    }
    Py_XDECREF(capsule);
    return pid;
}
