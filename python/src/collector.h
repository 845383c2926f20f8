/* SPDX-License-Identifier: MIT
 *
 * Garbage must not be collected between a fork and the callback: finalizers would run in the
 * child. From 3.10 on there are functions for it; before, it went through the module gc, whose
 * functions the tests of these versions replace.
 */
#ifndef NATIVE_COLLECTOR_H
#define NATIVE_COLLECTOR_H

#include "module.h"

/* How to undo it; both NULL: there is nothing to undo. */
struct collector {
    int (*enable)(void);
    PyObject *gc;
};

/* 0, or -1 with an exception. */
int collector_pause(struct collector *collector);

/* Undo that, if it did anything. No exception may be pending; what fails is only shown. */
void collector_resume(struct collector *collector);

#endif
