/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "identity.h"

int fx_platform_last_capability(void) { return -ENOTSUP; }

int fx_platform_open_in_root(int root, const char *path, int flags) {
    (void)root;
    (void)path;
    (void)flags;
    return -ENOSYS;
}
