/* SPDX-License-Identifier: MIT */
#ifndef FX_LINUX_RELEASE_H
#define FX_LINUX_RELEASE_H

#include <stdbool.h>

/* Whether close_range(CLOSE_RANGE_UNSHARE) of the kernel with this release name makes no mistake.
 */
bool fx_linux_cuts_tables_cleanly(const char *release);

#endif
