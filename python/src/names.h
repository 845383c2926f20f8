/* SPDX-License-Identifier: MIT */
#ifndef NATIVE_NAMES_H
#define NATIVE_NAMES_H

#include "module.h"

#include "forkexec.h"

/* The kinds of names that the library has; the last one's kind is NULL. */
struct names {
    const char *kind;
    int (*number)(const char *name);
    const char *(*name)(int number); /* or NULL */
};

extern const struct names names_table[];

/* The number, negative for what is no name; -1 with an exception for what is no string. */
int names_number(int (*number_of)(const char *name), PyObject *name, int *number);

#endif
