/* SPDX-License-Identifier: MIT
 *
 * Garbage must not be collected between a fork and the callback: finalizers would run in the
 * child. Through the functions of the module gc, as before 3.10, whose tests replace them.
 */
#ifndef NATIVE_COLLECTOR_H
#define NATIVE_COLLECTOR_H

#include "module.h"

struct collector {
    PyObject *gc; /* NULL: not paused */
};

/* 0, or -1 with an exception. */
int collector_pause(struct collector *collector);

/* Undo that, if it did anything. No exception may be pending; what fails is only shown. */
void collector_resume(struct collector *collector);

#endif
