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

/* What a signature without them means. */
#define ARGUMENTS_UNSET                                                                            \
    {                                                                                              \
        .args = Py_None, .executables = Py_None, .keep = Py_None, .directory = Py_None,            \
        .environment = Py_None, .group = Py_None, .groups = Py_None, .user = Py_None,              \
        .callback = Py_None, .p2cread = -1, .p2cwrite = -1, .c2pread = -1, .c2pwrite = -1,         \
        .errread = -1, .errwrite = -1, .errpipe_read = -1, .errpipe_write = -1,                    \
        .process_group = -1, .umask = -1, .allow_vfork = 1                                         \
    }

/* 0, or -1 with an exception. */
int arguments_parse(PyObject *args, struct arguments *arguments);

#endif
