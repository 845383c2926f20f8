/* SPDX-License-Identifier: MIT */
#ifndef NATIVE_LAUNCH_H
#define NATIVE_LAUNCH_H

#include "module.h"

#include <stdbool.h>

#include "forkexec.h"

/* What to do about a child that has been made, still without the lock of the interpreter. */
struct launch_then {
    void (*function)(void *argument, PyThreadState *thread); /* the one that holds no lock */
    void *argument;
};

/*
 * Start a command that has no callback, and do what is to be done then, if anything; other Python
 * threads run meanwhile. What the command points to must stay until this returns.
 */
int launch_command(struct module_state *state, const fx_command *command, fx_child *child,
                   fx_error *error, const struct launch_then *then);

/*
 * Start a command whose callback is launch_callback(), with what Python wants done around a fork.
 * 0, a negative errno, or 1 with an exception.
 */
int launch_command_with_callback(struct module_state *state, const fx_command *command,
                                 fx_child *child, fx_error *error);

/* Count a child that was made since `start`. The lock is not needed. */
void launch_note(struct module_state *state, fx_child *child, unsigned long start);

struct launch_call {
    PyObject *function;
    struct statistics *statistics;
};

/* Runs in the child; `call` is a struct launch_call. */
int launch_callback(void *call);

/* Raise the OSError for a launch that made no child, and count it. NULL. */
PyObject *launch_raise(struct module_state *state, const fx_error *error);

#endif
