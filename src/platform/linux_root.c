/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "identity.h"

#ifndef SYS_openat2
#define SYS_openat2 437
#endif
#define IN_ROOT 0x10U /* RESOLVE_IN_ROOT, of Linux 5.6 */

int fx_platform_open_in_root(int root, const char *path, int flags) {
    const struct {
        uint64_t flags, mode, resolve;
    } how = {.flags = (unsigned int)flags, .resolve = IN_ROOT};
    long result = syscall(SYS_openat2, (long)root, path, &how, sizeof how);
    return result < 0 ? -errno : (int)result;
}
