/* SPDX-License-Identifier: MIT
 *
 * A preexec_fn that the engine can do itself: a Setup, or a callable of the standard library whose
 * effect is known. Which ones are is decided in Python, by forkexec._preexec.
 */
#ifndef NATIVE_PREEXEC_H
#define NATIVE_PREEXEC_H

#include "module.h"

#include "attributes.h"

/*
 * 0 with a new reference to a capsule, or NULL for what has to be called; -1 with an exception. The
 * attributes are those of the capsule.
 */
int preexec_recognise(struct module_state *state, PyObject *callable, PyObject **capsule);

/* What the failure of a callable is told as. */
#define PREEXEC_MESSAGE "Exception occurred in preexec_fn."

/* Raise the SubprocessError of the subprocess module that is loaded. Its message is in the encoding
 * of the file system. */
void preexec_raise(const char *message);

/* The message of an error with these attributes: a sentence, or the above. New reference. */
PyObject *preexec_message(const struct attributes *attributes, const char *sentence);

#endif
