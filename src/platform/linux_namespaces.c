/* SPDX-License-Identifier: MIT
 *
 * What the parent has to know and do for namespaces and cgroups on Linux.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "containment.h"
#include "linux_privileges.h"
#include "platform.h"

#ifndef CLONE_NEWCGROUP
#define CLONE_NEWCGROUP 0x02000000
#endif
#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif
#define GET_NAMESPACE_TYPE _IO(0xb7, 3) /* NS_GET_NSTYPE, of Linux 4.11 */
#define CGROUP_MAGIC 0x63677270         /* CGROUP2_SUPER_MAGIC */

/*
 * In the order in which they are joined. The mount namespace comes after those whose paths lie in
 * the old one, and the user namespace, whose place is decided below, is none of these.
 */
static const struct {
    unsigned int type;
    const char *file;
} kinds[] = {
    {CLONE_NEWCGROUP, "/proc/self/ns/cgroup"},
    {CLONE_NEWIPC, "/proc/self/ns/ipc"},
    {CLONE_NEWUTS, "/proc/self/ns/uts"},
    {CLONE_NEWNET, "/proc/self/ns/net"},
    {CLONE_NEWPID, "/proc/self/ns/pid"},
    {CLONE_NEWTIME, "/proc/self/ns/time"},
    {0, "/proc/self/ns"},
    {CLONE_NEWNS, "/proc/self/ns/mnt"},
    {CLONE_NEWUSER, "/proc/self/ns/user"},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

unsigned int fx_platform_namespaces(void) {
    unsigned int all = 0;
    for (int i = 0; i < KINDS; i++)
        all |= kinds[i].type;
    return all;
}

bool fx_platform_has_namespace(unsigned int type) {
    for (int i = 0; i < KINDS; i++)
        if (kinds[i].type == type)
            return access(kinds[i].file, F_OK) == 0 || access("/proc/self/ns", F_OK) < 0;
    return false;
}

unsigned int fx_platform_namespace_type(const char *path, int descriptor) {
    /* A fifo of that name must not make the caller wait. */
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : descriptor;
    int type = fd < 0 ? -1 : ioctl(fd, GET_NAMESPACE_TYPE);
    if (path && fd >= 0)
        (void)fx_sys_close(fd);
    return type < 0 ? 0 : (unsigned int)type & fx_platform_namespaces();
}

unsigned int fx_platform_birth_namespaces(unsigned int namespaces) {
    /*
     * unshare(CLONE_NEWPID) is for the children that come after it. Who needs a new user
     * namespace to be allowed to make the other one needs it at the same moment.
     */
    if (!(namespaces & CLONE_NEWPID))
        return 0;
    return namespaces & (CLONE_NEWPID | CLONE_NEWUSER);
}

int fx_platform_place_of_namespace(unsigned int type) {
    /*
     * One who may join them all loses that in another user namespace, and joins it last; one who
     * may not, gains it there.
     */
    if (type == CLONE_NEWUSER && !fx_linux_is_administrator())
        return -1;
    for (int i = 0; i < KINDS; i++)
        if (kinds[i].type == type)
            return i;
    return KINDS;
}

bool fx_platform_is_cgroup(const char *path, int descriptor) {
    struct statfs status;
    int result = path ? statfs(path, &status) : fstatfs(descriptor, &status);
    return result < 0 || (unsigned long)status.f_type == CGROUP_MAGIC;
}

pid_t fx_platform_fork_into(unsigned int namespaces) {
    /*
     * Not libc's fork, which takes no flags. What libc knows of threads is then wrong in
     * the child, where nothing of it is called.
     */
    unsigned long flags = namespaces | (unsigned long)SIGCHLD;
#if defined(__s390__) || defined(__CRIS__)
    long pid = syscall(SYS_clone, 0L, flags, 0L, 0L, 0L);
#else
    long pid = syscall(SYS_clone, flags, 0L, 0L, 0L, 0L);
#endif
    return pid < 0 ? -errno : (pid_t)pid;
}

int fx_platform_write_of_process(pid_t pid, const char *name, const char *text) {
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%ld/%s", (long)pid, name);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    ssize_t written = write(fd, text, strlen(text));
    int result = written < 0 ? -errno : 0;
    (void)fx_sys_close(fd);
    return result;
}
