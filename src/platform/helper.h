/* SPDX-License-Identifier: MIT
 *
 * What the helper mechanism needs of the operating system; see platform.h for the conventions.
 */
#ifndef FX_PLATFORM_HELPER_H
#define FX_PLATFORM_HELPER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/uio.h>

/* ---- in the child ---- */

int fx_sys_close_on_exec(int fd);
/* The file as private memory that can be written to; NULL if that cannot be. In the helper only. */
void *fx_sys_map_private(int fd, size_t size);

/* ---- in the parent ---- */

/* Whether there is such a program for this platform at all. */
bool fx_platform_has_helper(void);
/*
 * The path of the helper that belongs to this very library: beside it, or where it was to be
 * installed. 0 and the path, which stays; -ENOENT, or what kept it from being looked at.
 */
int fx_platform_find_helper(const char **path);
/* Bytes of resident memory that a fork has to prepare for; 0 where that is unknown. */
size_t fx_platform_forked_bytes(void);
/* Whether the calling thread's ids and capabilities are the same after an exec. */
bool fx_platform_keeps_rights(void);
/* A close-on-exec descriptor of a file in memory that has these bytes. */
int fx_platform_memory_file(const char *name, const struct iovec *bytes, int count);

#endif
