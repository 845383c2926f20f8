/* SPDX-License-Identifier: MIT */
#ifndef FX_LINUX_PRIVILEGES_H
#define FX_LINUX_PRIVILEGES_H

#include <stdbool.h>

/* Whether the calling thread has CAP_SYS_ADMIN in effect. */
bool fx_linux_is_administrator(void);

#endif
