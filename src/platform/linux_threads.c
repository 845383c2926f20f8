/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "death.h"
#include "platform.h"

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif
#ifndef MADV_WIPEONFORK
#define MADV_WIPEONFORK 18
#endif
#define PIDFD_THREAD O_EXCL
#define OWN_THREAD 0x20000000 /* __WNOTHREAD */
#define ANY_SIGNAL 0x40000000 /* __WALL */

void *fx_platform_own_memory(size_t size) {
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return NULL;
    (void)madvise(memory, size, MADV_WIPEONFORK);
    return memory;
}

void fx_platform_free_own_memory(void *memory, size_t size) { (void)munmap(memory, size); }

void fx_platform_name_thread(const char *name) { (void)prctl(PR_SET_NAME, name); }

int fx_platform_watch_thread(void) {
    long fd = syscall(SYS_pidfd_open, (long)fx_platform_thread(), (long)PIDFD_THREAD);
    /*
     * Before Linux 6.9. The process ends a moment after its thread has given its children away:
     * one born in that moment would be missed.
     */
    if (fd < 0 && errno == EINVAL)
        fd = syscall(SYS_pidfd_open, (long)getpid(), 0L);
    return fd < 0 ? -errno : (int)fd;
}

void fx_platform_outlive(pid_t child) {
    const long options = WEXITED | WNOWAIT | OWN_THREAD | ANY_SIGNAL;
    while (syscall(SYS_waitid, (long)P_PID, (long)child, 0L, options, 0L) < 0 && errno == EINTR)
        ;
}
