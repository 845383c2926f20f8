/* SPDX-License-Identifier: MIT */
#include <unistd.h>

#include "environ.h"

#ifndef __GLIBC__
/* POSIX has the variable, and no header that declares it. */
#ifdef __FreeBSD__
/* It is in the start-up code of programs there, and not in a library that a library could name. */
extern char **environ __attribute__((weak));
#else
extern char **environ;
#endif
#endif

char *const *fx_platform_environ(void) { return environ; }
