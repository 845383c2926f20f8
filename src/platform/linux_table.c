/* SPDX-License-Identifier: MIT
 *
 * What sharing the table of descriptors with a child for a moment needs in the parent, on Linux.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "linux_release.h"
#include "platform.h"

#ifndef F_DUPFD_QUERY
#define F_DUPFD_QUERY 1027
#endif
#ifndef SYS_memfd_create
#define SYS_memfd_create -1
#endif
#define MEMFD_CLOEXEC 1U

bool fx_platform_shares_table(void) {
    enum { UNKNOWN, YES, NO };
    static atomic_int known;
    int answer = atomic_load_explicit(&known, memory_order_relaxed);
    if (answer == UNKNOWN) {
        struct utsname name;
        answer = uname(&name) == 0 && fx_linux_cuts_tables_cleanly(name.release) ? YES : NO;
        atomic_store_explicit(&known, answer, memory_order_relaxed);
    }
    return answer == YES;
}

pid_t fx_platform_thread(void) { return (pid_t)syscall(SYS_gettid); }

int fx_platform_placeholder(void) {
    /* The name is what shows in /proc/PID/fd. */
    long result = syscall(SYS_memfd_create, "forkexec-reserved", (unsigned long)MEMFD_CLOEXEC);
    return result < 0 ? -errno : (int)result;
}

bool fx_platform_is_copy(int fd, int other) {
    struct stat status, others;
    int result = fcntl(fd, F_DUPFD_QUERY, other);
    /* EINVAL before Linux 6.10; of files that nothing else in the world is, the inode tells as
     * much. */
    if (result < 0 && errno == EINVAL)
        return fstat(fd, &status) == 0 && fstat(other, &others) == 0 &&
               status.st_dev == others.st_dev && status.st_ino == others.st_ino;
    return result == 1;
}
