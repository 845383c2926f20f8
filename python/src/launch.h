/* SPDX-License-Identifier: MIT */
#ifndef NATIVE_LAUNCH_H
#define NATIVE_LAUNCH_H

#include "module.h"

#include <stdbool.h>

#include "forkexec.h"

/*
 * Start a command that has no callback; other Python threads run meanwhile. What the command
 * points to must stay until this returns.
 */
int launch_command(struct module_state *state, const fx_command *command, fx_child *child,
                   fx_error *error);

/*
 * Start a command whose callback is launch_callback(), with what Python wants done around a fork.
 * 0, a negative errno, or 1 with an exception.
 */
int launch_command_with_callback(struct module_state *state, const fx_command *command,
                                 fx_child *child, fx_error *error);

/* Count a child that was made since `start`. */
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
