/* SPDX-License-Identifier: MIT */
#ifndef NATIVE_DESCRIPTORS_H
#define NATIVE_DESCRIPTORS_H

#include "module.h"

/*
 * The descriptors to keep, a tuple or list, as C integers: they must be integers, ascend
 * and be possible numbers. `*list` is to be freed with free(3).
 */
int descriptors_convert(PyObject *sequence, int **list, size_t *count);

#endif
