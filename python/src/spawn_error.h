/* SPDX-License-Identifier: MIT */
#ifndef NATIVE_SPAWN_ERROR_H
#define NATIVE_SPAWN_ERROR_H

#include "module.h"

#include "forkexec.h"

/*
 * Raise forkexec.SpawnError for a start that made no child, and count it. Program and directory
 * are those of the command as they were given. NULL.
 */
PyObject *spawn_error_raise(struct module_state *state, const fx_error *error, PyObject *program,
                            PyObject *directory);

#endif
