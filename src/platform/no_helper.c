/* SPDX-License-Identifier: MIT
 *
 * Where the helper has not been brought to, or would gain nothing.
 */
#include <errno.h>

#include "helper.h"

bool fx_platform_has_helper(void) { return false; }

int fx_platform_find_helper(const char **path) {
    (void)path;
    return -ENOTSUP;
}

size_t fx_platform_forked_bytes(void) { return 0; }

bool fx_platform_keeps_rights(void) { return false; }

int fx_platform_memory_file(const char *name, const struct iovec *bytes, int count) {
    (void)name;
    (void)bytes;
    (void)count;
    return -ENOSYS;
}
