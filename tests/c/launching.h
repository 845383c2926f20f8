/* SPDX-License-Identifier: MIT
 *
 * For the tests of death signals and of the threads that make such children.
 */
#ifndef FX_TEST_LAUNCHING_H
#define FX_TEST_LAUNCHING_H

#include "support.h"

/* Does nothing, and is killed when this process ends. */
fx_command mortal_command(void);
/* Whether there is such a thing here. */
bool has_death_signal(void);
/* How many threads of the library this process has. */
int count_launchers(void);

#endif
