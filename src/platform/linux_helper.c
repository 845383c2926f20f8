/* SPDX-License-Identifier: MIT
 *
 * Finding the helper on Linux, telling whether it is worth it, and handing it its plan.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "helper.h"
#include "helper/image.h"
#include "platform.h"

#ifndef SYS_memfd_create
#define SYS_memfd_create -1
#endif
#define MEMFD_CLOEXEC 1U
#define MEMFD_NOEXEC_SEAL 8U

bool fx_platform_has_helper(void) { return true; }

/* ---- finding it ---- */

/* A program of another make, or another program, would not know what to do with a plan. */
static int look_at(const char *path) {
    enum { MOST = 1 << 22 };
    static const struct fx_helper_stamp stamp = FX_HELPER_STAMP;
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), result = -ENOEXEC;
    if (fd < 0)
        return -errno;
    if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode) || status.st_size > MOST ||
        status.st_size == 0)
        goto close;
    size_t size = (size_t)status.st_size;
    void *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (bytes == MAP_FAILED)
        goto close;
    if (memmem(bytes, size, &stamp, sizeof stamp))
        result = 0;
    (void)munmap(bytes, size);
close:
    (void)fx_sys_close(fd);
    return result;
}

/* Of the file that this code was loaded from. A program that contains it has only a name. */
static bool own_path(char *path, size_t size) {
    Dl_info info;
    if (dladdr((void *)(uintptr_t)fx_platform_has_helper, &info) != 0 && info.dli_fname &&
        info.dli_fname[0] == '/')
        return snprintf(path, size, "%s", info.dli_fname) < (int)size;
    ssize_t length = readlink("/proc/self/exe", path, size - 1);
    path[length < 0 ? 0 : length] = '\0';
    return length > 0;
}

static int try_beside(char *path, size_t size) {
    if (!own_path(path, size))
        return -ENOENT;
    char *name = strrchr(path, '/');
    size_t room = name ? size - (size_t)(name + 1 - path) : 0;
    if (!name || snprintf(name + 1, room, "%s", FX_HELPER_NAME) >= (int)room)
        return -ENOENT;
    return look_at(path);
}

int fx_platform_find_helper(const char **path) {
    static _Atomic(char *) known;
    static const char installed[] = FX_HELPER_DIRECTORY "/" FX_HELPER_NAME;
    char found[PATH_MAX];
    *path = atomic_load(&known);
    if (*path)
        return 0;
    int result = try_beside(found, sizeof found);
    if (result < 0 && look_at(installed) == 0)
        result = snprintf(found, sizeof found, "%s", installed) < 0 ? -ENOENT : 0;
    if (result < 0)
        return result;
    char *copy = strdup(found), *nothing = NULL;
    if (!copy)
        return -ENOMEM;
    if (!atomic_compare_exchange_strong(&known, &nothing, copy))
        free(copy);
    *path = atomic_load(&known);
    return 0;
}

/* ---- whether it is worth it ---- */

size_t fx_platform_forked_bytes(void) {
    char text[128];
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    ssize_t length = read(fd, text, sizeof text - 1);
    (void)fx_sys_close(fd);
    if (length <= 0)
        return 0;
    text[length] = '\0';
    /* Pages: all, resident, and of these, those of files, whose entries a fork leaves out. */
    char *next = text;
    (void)strtoul(next, &next, 10);
    unsigned long resident = strtoul(next, &next, 10);
    unsigned long of_files = strtoul(next, &next, 10);
    return resident > of_files ? (resident - of_files) * (size_t)sysconf(_SC_PAGESIZE) : 0;
}

/* ---- handing it its plan ---- */

static int new_file(const char *name) {
    unsigned long flags = MEMFD_CLOEXEC | MEMFD_NOEXEC_SEAL;
    long result = syscall(SYS_memfd_create, name, flags);
    /* Before Linux 6.3. A system may refuse what can be made executable (vm.memfd_noexec). */
    if (result < 0 && errno == EINVAL)
        result = syscall(SYS_memfd_create, name, (unsigned long)MEMFD_CLOEXEC);
    return result < 0 ? -errno : (int)result;
}

int fx_platform_memory_file(const char *name, const struct iovec *bytes, int count) {
    struct rlimit limit;
    size_t size = 0;
    for (int i = 0; i < count; i++)
        size += bytes[i].iov_len;
    /* A write beyond it would not only fail, but send this process SIGXFSZ. */
    if (getrlimit(RLIMIT_FSIZE, &limit) < 0 || limit.rlim_cur < size)
        return -EFBIG;
    int fd = new_file(name);
    if (fd < 0)
        return fd;
    ssize_t written = writev(fd, bytes, count);
    if (written == (ssize_t)size)
        return fd;
    int result = written < 0 ? -errno : -EIO;
    (void)fx_sys_close(fd);
    return result;
}
