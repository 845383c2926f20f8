/* SPDX-License-Identifier: MIT
 *
 * What the running interpreter is, as opposed to the one whose headers were compiled against.
 */
#ifndef NATIVE_INTERPRETER_H
#define NATIVE_INTERPRETER_H

#include "module.h"

#include <stdbool.h>

/* A public function or variable that the limited API lacks: whether it is there. */
bool interpreter_look_up(const char *name, void *address);

bool interpreter_is_at_least(int major, int minor);

/*
 * A module that has been imported: new reference, or NULL without an exception. Works when the
 * interpreter is so far gone that the functions of the import system would abort.
 */
PyObject *interpreter_loaded_module(const char *name);

/* 0 if a callback may run in a child made now; else -1 with the exception that CPython raises. */
int interpreter_check_callback(void);

/* Raise the audit event of fork_exec where this version has it; -1 if a hook objects. */
int interpreter_audit_fork_exec(PyObject *executables, PyObject *args, PyObject *environment);

/* Raise the audit event of Popen; -1 if a hook objects. */
int interpreter_audit_popen(PyObject *executable, PyObject *args, PyObject *directory,
                            PyObject *environment);

/* An OSError of the right subclass; `text` NULL means that of strerror(3). */
void interpreter_raise_os_error(int number, const char *text);

/* The name of an object's type as messages have it: a new string object. */
PyObject *interpreter_type_name(PyObject *object);

#endif
