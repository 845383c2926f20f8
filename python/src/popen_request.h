/* SPDX-License-Identifier: MIT
 *
 * The arguments of Popen._execute_child as a command for the engine, if they are plain.
 */
#ifndef NATIVE_POPEN_REQUEST_H
#define NATIVE_POPEN_REQUEST_H

#include "module.h"

#include <stdbool.h>

#include "arguments.h"
#include "request.h"

struct popen_request {
    struct arguments arguments;  /* those that subprocess would give to fork_exec */
    PyObject *environment_given; /* borrowed */
    PyObject *program;           /* as it was given: what is blamed if it cannot be run */
    PyObject *args;              /* a list of its own, that audit hooks are shown */
    PyObject *name;              /* of the program, as bytes */
    PyObject *executables;
    PyObject *keep;
    PyObject *environment; /* capsule */
    PyObject *capsule;     /* attributes in the place of preexec_fn, or NULL */
    struct request request;
};

/*
 * Whether they are plain; if not, there may be an exception. No code of the caller's has run then
 * but that of os.PathLike objects. Release it in both cases.
 */
bool popen_request_build(struct module_state *state, PyObject *given,
                         struct popen_request *request);
void popen_request_release(struct popen_request *request);

#endif
