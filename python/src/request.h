/* SPDX-License-Identifier: MIT
 *
 * A call of fork_exec as a command for the engine.
 */
#ifndef NATIVE_REQUEST_H
#define NATIVE_REQUEST_H

#include "module.h"

#include "arguments.h"
#include "byte_strings.h"
#include "forkexec.h"

struct request {
    struct byte_strings arguments;
    struct byte_strings executables;
    struct byte_strings environment;
    PyObject *directory; /* bytes, or NULL */
    gid_t *groups;
    int *numbers; /* the descriptors to keep, then those that are exempt */
    int close[4];
    fx_map map[3];
    void *merged[3]; /* lists with what attributes add to them */
    size_t merged_count;
    fx_command command; /* points into the above */
};

/* 0, or -1 with an exception. Release it in both cases. */
int request_build(const struct arguments *arguments, struct request *request);
void request_release(struct request *request);

#endif
