/* SPDX-License-Identifier: MIT */
#include "launch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "collector.h"
#include "environment.h"
#include "interpreter.h"
#include "statistics.h"

void launch_note(struct module_state *state, fx_child *child, unsigned long start) {
    /* Who asks for the fastest one by its name does so because it is. */
    if (child->mechanism == FX_MECHANISM_CLONE3 && child->reason == FX_REASON_ASKED)
        child->reason = FX_REASON_FASTEST;
    if (child->mechanism == FX_MECHANISM_CLONE3)
        atomic_store(&state->clone3_works, true);
    statistics_note_spawn(state->statistics, child, statistics_now() - start);
}

/* With the strings of the command in place: they are Python's, and held. */
static int spawn(struct module_state *state, const fx_command *command, fx_child *child,
                 fx_error *error, const struct launch_then *then) {
    unsigned long start = statistics_now();
    PyThreadState *thread = PyEval_SaveThread();
    int result = fx_spawn(command, child, error);
    if (result == 0) {
        launch_note(state, child, start);
        if (then)
            then->function(then->argument, thread);
    }
    PyEval_RestoreThread(thread);
    return result;
}

int launch_command(struct module_state *state, const fx_command *command, fx_child *child,
                   fx_error *error, const struct launch_then *then) {
    if (command->environment)
        return spawn(state, command, child, error, then);
    /* The environment of the process is anybody's. */
    fx_command with_copy = *command;
    char **copy = environment_copy();
    if (!copy) {
        *error = (fx_error){.size = sizeof *error, .code = -ENOMEM, .step = FX_STEP_ALLOCATE};
        return -ENOMEM;
    }
    with_copy.environment = copy;
    int result = spawn(state, &with_copy, child, error, then);
    free(copy);
    return result;
}

int launch_command_with_callback(struct module_state *state, const fx_command *command,
                                 fx_child *child, fx_error *error) {
    struct collector collector;
    if (collector_pause(&collector) < 0)
        return 1;
    unsigned long start = statistics_now();
    PyOS_BeforeFork();
    int result = fx_spawn(command, child, error);
    if (result == 0)
        launch_note(state, child, start);
    PyOS_AfterFork_Parent();
    collector_resume(&collector);
    return result;
}

int launch_callback(void *argument) {
    const struct launch_call *call = argument;
    atomic_store(&call->statistics->are_the_parents, true);
    PyOS_AfterFork_Child();
    /* The result, and an exception too, are left: what comes next is exec, or the end. */
    return PyObject_CallObject(call->function, NULL) ? 0 : -1;
}

PyObject *launch_raise(struct module_state *state, const fx_error *error) {
    statistics_note_failure(state->statistics, error->step);
    if (error->step != FX_STEP_COMMAND) {
        interpreter_raise_os_error(-error->code, NULL);
        return NULL;
    }
    /* What the engine found wrong with the command says more than the number does. */
    char sentence[FX_MESSAGE_MAX], text[FX_MESSAGE_MAX + 128];
    (void)fx_error_message(error, sentence, sizeof sentence);
    (void)snprintf(text, sizeof text, "%s (%s)", strerror(-error->code), sentence);
    interpreter_raise_os_error(-error->code, text);
    return NULL;
}
