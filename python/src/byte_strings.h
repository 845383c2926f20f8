/* SPDX-License-Identifier: MIT
 *
 * Python's sequences of strings as C's, ending with NULL. Other threads and the
 * objects' own methods may change a sequence while it is read: what is kept
 * are the byte strings themselves, by reference, in a tuple that nobody else has.
 */
#ifndef NATIVE_BYTE_STRINGS_H
#define NATIVE_BYTE_STRINGS_H

#include "module.h"

struct byte_strings {
    char **list;
    PyObject *owner;
};

/* From a sequence of bytes. 0, or -1 with an exception; NUL bytes are an error. */
int byte_strings_from_bytes(PyObject *sequence, struct byte_strings *strings);

/* From an iterable of what can be a path: str, bytes, os.PathLike. */
int byte_strings_from_paths(PyObject *iterable, struct byte_strings *strings);

void byte_strings_release(struct byte_strings *strings);

#endif
