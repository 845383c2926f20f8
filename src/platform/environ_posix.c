/* SPDX-License-Identifier: MIT */
#include <unistd.h>

#include "environ.h"

#ifndef __GLIBC__
/* POSIX has the variable, and no header that declares it. */
extern char **environ;
#endif

char *const *fx_platform_environ(void) { return environ; }
