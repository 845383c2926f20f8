/* SPDX-License-Identifier: MIT
 *
 * More on signals than platform.h has, for what a command says of them.
 */
#ifndef FX_PLATFORM_SIGNALS_H
#define FX_PLATFORM_SIGNALS_H

#include "platform.h"

int fx_sys_ignore_signal(int signal);
/* The highest number there is. */
int fx_platform_last_signal(void);
/* Whether the number is a signal whose action can be looked at here. */
bool fx_platform_has_signal(int number);

#endif
