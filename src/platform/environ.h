/* SPDX-License-Identifier: MIT */
#ifndef FX_PLATFORM_ENVIRON_H
#define FX_PLATFORM_ENVIRON_H

/* This process's environment, possibly NULL. Not to be kept: setenv(3) may move it. */
char *const *fx_platform_environ(void);

#endif
