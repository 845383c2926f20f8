/* SPDX-License-Identifier: MIT
 *
 * Where a program without a slash in its name is looked for: as os.get_exec_path() and
 * os.path.join() have it, for the plain cases.
 */
#ifndef NATIVE_SEARCH_H
#define NATIVE_SEARCH_H

#include "module.h"

/*
 * The paths to try, a new tuple of bytes. `path` is the value of PATH in the child's environment,
 * or NULL if the child inherits that. NULL, maybe with an exception, where os.environ is not the
 * plain one or has no PATH.
 */
PyObject *search_inherited(PyObject *name);
PyObject *search_in(PyObject *name, const char *path);

#endif
