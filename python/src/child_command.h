/* SPDX-License-Identifier: MIT
 *
 * What the package's own functions start, a tuple (_Command in _native.pyi), as a command for the
 * engine.
 */
#ifndef NATIVE_CHILD_COMMAND_H
#define NATIVE_CHILD_COMMAND_H

#include "module.h"

#include "byte_strings.h"
#include "forkexec.h"

enum child_command_flag {
    COMMAND_INHERIT_OTHERS = 1,
    COMMAND_KEEP_IGNORED_SIGNALS = 2,
    COMMAND_NEW_SESSION = 4,
    COMMAND_WITHOUT_AUDIT = 8
};

struct child_command {
    struct byte_strings arguments;
    struct byte_strings variables; /* of an environment that is not plain */
    PyObject *program;             /* bytes, or NULL */
    PyObject *directory;           /* bytes, or NULL */
    PyObject *environment;         /* capsule, or NULL */
    PyObject *attributes;          /* capsule, or NULL */
    int *keep;
    PyObject *given_program;   /* as it was given, or else the first argument */
    PyObject *given_directory; /* as it was given */
    fx_command command;        /* points into the above */
};

/*
 * Build it, and raise the audit event subprocess.Popen. 0, or -1 with an exception. Release it in
 * both cases.
 */
int child_command_build(struct module_state *state, PyObject *given, struct child_command *made);
void child_command_release(struct child_command *made);

#endif
