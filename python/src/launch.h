/* SPDX-License-Identifier: MIT */
#ifndef NATIVE_LAUNCH_H
#define NATIVE_LAUNCH_H

#include "module.h"

#include <stdbool.h>

#include "forkexec.h"

/* Start a plan that has no callback; other Python threads run meanwhile. */
int launch_plan(struct module_state *state, const fx_plan *plan, fx_child *child, fx_error *error);

/*
 * Start a plan whose callback is launch_callback(), with what Python wants done around a fork.
 * 0, a negative errno, or 1 with an exception.
 */
int launch_plan_with_callback(struct module_state *state, const fx_plan *plan, fx_child *child,
                              fx_error *error);

struct launch_call {
    PyObject *function;
    struct statistics *statistics;
};

/* Runs in the child; `call` is a struct launch_call. */
int launch_callback(void *call);

#endif
