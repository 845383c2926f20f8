/* SPDX-License-Identifier: MIT
 *
 * Integers of Python's as C's, within bounds.
 */
#ifndef NATIVE_NUMBERS_H
#define NATIVE_NUMBERS_H

#include "module.h"

#include "forkexec.h"

/* 0, or -1 with an exception. */
int numbers_take(PyObject *object, int lowest, int highest, int *number);

/* None leaves it unset. */
int numbers_take_count(PyObject *object, fx_count *count);

#endif
