/* SPDX-License-Identifier: MIT */
#ifndef NATIVE_IDENTITY_H
#define NATIVE_IDENTITY_H

#include "module.h"

#include "forkexec.h"

/* None and -1 leave the id unset. `what` is "uid" or "gid". 0, or -1 with an exception. */
int identity_id(PyObject *value, const char *what, fx_id *id);

/* None leaves the groups unset; `*list` is to be freed with free(3). */
int identity_groups(PyObject *value, fx_groups *groups, gid_t **list);

#endif
