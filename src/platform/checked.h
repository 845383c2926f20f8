/* SPDX-License-Identifier: MIT */
#ifndef FX_PLATFORM_CHECKED_H
#define FX_PLATFORM_CHECKED_H

#include <errno.h>

/* The result of a system call, or its negative errno. */
static inline int checked(long result) { return result < 0 ? -errno : (int)result; }

#endif
