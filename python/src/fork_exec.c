/* SPDX-License-Identifier: MIT */
#include "module.h"

#include "arguments.h"
#include "dialect.h"
#include "forkexec.h"
#include "interpreter.h"
#include "launch.h"
#include "report.h"
#include "request.h"
#include "statistics.h"

static PyObject *run(struct module_state *state, const fx_command *command) {
    fx_error error = {.size = sizeof error};
    fx_child child = {.size = sizeof child};
    int result = command->callback.function
                     ? launch_command_with_callback(state, command, &child, &error)
                     : launch_command(state, command, &child, &error);
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
    struct report_channel channel = {
        .descriptor = arguments->errpipe_write,
        .dialect = dialect_of_reader(state),
        .failures = state->statistics->failures,
    };
    struct launch_call call = {arguments->callback, state->statistics};
    if (interpreter_audit_fork_exec(arguments->executables, arguments->args,
                                    arguments->environment) < 0)
        return NULL;
    if (arguments->callback != Py_None)
        request->command.callback = (fx_callback){launch_callback, &call};
    request->command.reporter = (fx_reporter){report_failure, &channel};
    return run(state, &request->command);
}

static int check(const struct arguments *arguments) {
    if (arguments->callback != Py_None && interpreter_check_callback() < 0)
        return -1;
    if (arguments->close_fds && arguments->errpipe_write < 3) {
        PyErr_SetString(PyExc_ValueError, "errpipe_write must be >= 3");
        return -1;
    }
    return 0;
}

PyObject *module_fork_exec(PyObject *module, PyObject *args) {
    struct arguments arguments;
    struct request request;
    if (arguments_parse(args, &arguments) < 0 || check(&arguments) < 0)
        return NULL;
    PyObject *pid = request_build(&arguments, &request) == 0
                        ? start(module_state(module), &arguments, &request)
                        : NULL;
    request_release(&request);
    return pid;
}
