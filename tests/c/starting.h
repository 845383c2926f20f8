/* SPDX-License-Identifier: MIT
 *
 * For the tests of starts that do not wait.
 */
#ifndef FX_TEST_STARTING_H
#define FX_TEST_STARTING_H

#include "support.h"

/* With this timeout in milliseconds. */
fx_start *begin(const fx_command *command, int timeout);
/* Whether the descriptor is readable within so many milliseconds; -1: however long it takes. */
bool is_ready(const fx_start *start, int timeout);
/* Wait for the descriptor, then take what there is to be taken. */
fx_child take(fx_start *start);
/* The start must end so, with this positive errno; what was said. */
fx_error assert_start_fails(fx_start *start, int code, fx_step step);
void assert_late(fx_start *start, const char *within);

/* Until no thread of a start is left, where that can be seen; */
void await_no_thread(void);
/* and this process has no child. */
void await_no_child(void);

/*
 * A command whose child comes to its exec, and tries that again and again for ever: its program is
 * still open for writing, as `*writer`. Skips the test where kernels do not care.
 */
fx_command held_command(int *writer);

#endif
