/* SPDX-License-Identifier: MIT
 *
 * Capabilities, dumpable and the root directory: those named fx_sys_* run in the child, by
 * the rules of platform.h. The calls of Linux concern the calling thread alone.
 */
#ifndef FX_PLATFORM_IDENTITY_H
#define FX_PLATFORM_IDENTITY_H

#include <stdbool.h>

#include "forkexec.h"

/* What is not set stays as it is. */
struct fx_capability_change {
    fx_capabilities permitted; /* and effective */
    fx_capabilities inheritable;
    unsigned long long added; /* to the inheritable ones */
};

/* 0 also if it is not in the set any more; -EINVAL past the last that the kernel knows. */
int fx_sys_drop_bounding(int capability);
int fx_sys_set_securebits(int bits);
int fx_sys_keep_capabilities(bool keep);
int fx_sys_change_capabilities(const struct fx_capability_change *change);
int fx_sys_clear_ambient(void);
int fx_sys_raise_ambient(int capability);
int fx_sys_set_dumpable(int value);
int fx_sys_chroot(const char *path);
/* A close-on-exec descriptor of the working directory, good for fx_sys_fchdir(). */
int fx_sys_open_here(void);

/* ---- in the parent ---- */

/* The highest capability of this kernel; -ENOTSUP where there are none. */
int fx_platform_last_capability(void);
/*
 * Open a path as a process would whose root directory is `root`: no link leads out of it.
 * -ENOSYS where this cannot be done.
 */
int fx_platform_open_in_root(int root, const char *path, int flags);

#endif
