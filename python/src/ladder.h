/* SPDX-License-Identifier: MIT
 *
 * Scopes and ladders, tuples (_Scope and _Ladder in _native.pyi), as the engine has them.
 */
#ifndef NATIVE_LADDER_H
#define NATIVE_LADDER_H

#include "module.h"

#include "forkexec.h"

/* 0, or -1 with an exception. */
int ladder_take_scope(PyObject *given, fx_scope *scope);

/* None leaves the ladder as it is: zero. `*rungs` is to be freed with free(3) in any case. */
int ladder_take(PyObject *given, fx_ladder *ladder, fx_rung **rungs);

#endif
