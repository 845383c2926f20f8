/* SPDX-License-Identifier: MIT
 *
 * The positional arguments of fork_exec, whatever their number.
 */
#ifndef NATIVE_ARGUMENTS_H
#define NATIVE_ARGUMENTS_H

#include "module.h"

#include <stdbool.h>

/* The objects are borrowed from the tuple of arguments. */
struct arguments {
    PyObject *args;
    PyObject *executables;
    PyObject *keep;
    PyObject *directory;
    PyObject *environment;
    PyObject *group;
    PyObject *groups;
    PyObject *user;
    PyObject *callback;
    int close_fds;
    int p2cread, p2cwrite;
    int c2pread, c2pwrite;
    int errread, errwrite;
    int errpipe_read, errpipe_write;
    int restore_signals;
    int call_setsid;
    int process_group;
    int umask;
    int allow_vfork;
    bool asks_module; /* whether memory may be shared stands in subprocess._USE_VFORK */
};

/* 0, or -1 with an exception. */
int arguments_parse(PyObject *args, struct arguments *arguments);

#endif
