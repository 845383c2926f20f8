/* SPDX-License-Identifier: MIT
 *
 * A command that is started, fed, read and waited for in one call, without an object on the way.
 */
#ifndef NATIVE_RUN_H
#define NATIVE_RUN_H

#include "module.h"

#include <stdbool.h>

#include "child_command.h"
#include "follow.h"
#include "forkexec.h"

struct run {
    struct module_state *state;
    struct child_command command;
    struct follow follow;
    fx_child child;
    fx_exit end;
    bool has_output[3]; /* of streams 1 and 2 */
    bool stores[3];
};

/*
 * What is to be done: tuples of _native.pyi, the outputs two, each of which may be None. 0, or -1
 * with an exception. Release it in both cases.
 */
int run_build(struct run *run, struct module_state *state, PyObject *command, PyObject *input,
              PyObject *const *outputs, PyObject *bounds);
void run_release(struct run *run);

/* Do it. 0; or -1 with an exception, and then nothing runs that was started. */
int run_do(struct run *run, int start_timeout);

/* ---- what came of it: new references, or NULL with an exception ---- */

/* _Ran in _native.pyi */
PyObject *run_outcome(struct run *run);

/* A forkexec.Result; NULL without an exception if one is due, or another one, in its place. */
PyObject *run_result(struct run *run, PyObject *type, PyObject *args, bool check);

#endif
