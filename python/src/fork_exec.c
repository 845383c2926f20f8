/* SPDX-License-Identifier: MIT */
#include "module.h"

#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "dialect.h"
#include "forkexec.h"
#include "interpreter.h"
#include "launch.h"
#include "report.h"
#include "request.h"
#include "statistics.h"

static void raise_failure(struct module_state *state, const fx_error *error) {
    statistics_note_failure(state->statistics, error->step);
    if (error->step != FX_STEP_COMMAND) {
        interpreter_raise_os_error(-error->code, NULL);
        return;
    }
    /* What the engine found wrong with the command says more than the number does. */
    char sentence[FX_MESSAGE_MAX], text[FX_MESSAGE_MAX + 128];
    (void)fx_error_message(error, sentence, sizeof sentence);
    (void)snprintf(text, sizeof text, "%s (%s)", strerror(-error->code), sentence);
    interpreter_raise_os_error(-error->code, text);
}

/* The plan has copies of all strings: nothing of Python's is read from here on. */
static fx_plan *compile(struct module_state *state, const struct arguments *arguments,
                        struct request *request, struct report_channel *channel,
                        struct launch_call *call) {
    fx_error error = {.size = sizeof error};
    fx_plan *plan;
    if (arguments->callback != Py_None)
        request->command.callback = (fx_callback){launch_callback, call};
    request->command.reporter = (fx_reporter){report_failure, channel};
    if (fx_compile(&request->command, &plan, &error) < 0) {
        raise_failure(state, &error);
        return NULL;
    }
    return plan;
}

static PyObject *run(struct module_state *state, const struct arguments *arguments,
                     const fx_plan *plan) {
    fx_error error = {.size = sizeof error};
    fx_child child = {.size = sizeof child};
    int result = arguments->callback == Py_None
                     ? launch_plan(state, plan, &child, &error)
                     : launch_plan_with_callback(state, plan, &child, &error);
    if (result == 0) {
        PyObject *pid = PyLong_FromLong((long)child.pid);
        fx_child_close(&child);
        return pid;
    }
    if (result < 0)
        raise_failure(state, &error);
    return NULL;
}

/* NULL with an exception. */
static fx_plan *prepare(struct module_state *state, const struct arguments *arguments,
                        struct report_channel *channel, struct launch_call *call) {
    struct request request;
    fx_plan *plan = NULL;
    if (request_build(arguments, &request) == 0 &&
        interpreter_audit_fork_exec(arguments->executables, arguments->args,
                                    arguments->environment) == 0)
        plan = compile(state, arguments, &request, channel, call);
    request_release(&request);
    return plan;
}

PyObject *module_fork_exec(PyObject *module, PyObject *args) {
    struct module_state *state = module_state(module);
    struct arguments arguments;
    if (arguments_parse(args, &arguments) < 0)
        return NULL;
    if (arguments.callback != Py_None && interpreter_check_callback() < 0)
        return NULL;

    struct report_channel channel = {
        .descriptor = arguments.errpipe_write,
        .dialect = dialect_of_reader(state),
        .failures = state->statistics->failures,
    };
    struct launch_call call = {arguments.callback, state->statistics};
    fx_plan *plan = prepare(state, &arguments, &channel, &call);
    if (!plan)
        return NULL;
    PyObject *pid = run(state, &arguments, plan);
    fx_plan_free(plan);
    return pid;
}
