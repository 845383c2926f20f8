/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "helper.h"

int fx_sys_close_on_exec(int fd) {
    return syscall(SYS_fcntl, (long)fd, (long)F_SETFD, (long)FD_CLOEXEC) < 0 ? -errno : 0;
}

void *fx_sys_map_private(int fd, size_t size) {
    /* Every page of it will be written to: one fault for all. */
    long result = syscall(SYS_mmap, 0L, size, (long)(PROT_READ | PROT_WRITE),
                          (long)(MAP_PRIVATE | MAP_POPULATE), (long)fd, 0L);
    return result == -1 ? NULL : (void *)(uintptr_t)result;
}
