/* SPDX-License-Identifier: MIT
 *
 * Which kinds of containment this kernel has.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "containment.h"
#include "linux_lacks.h"
#include "platform.h"

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#endif
#ifndef PR_GET_NO_NEW_PRIVS
#define PR_GET_NO_NEW_PRIVS 39
#endif
#define LANDLOCK_VERSION 1L /* LANDLOCK_CREATE_RULESET_VERSION */
#define SET_MODE_FILTER 1L  /* SECCOMP_SET_MODE_FILTER */

int fx_platform_landlock_version(void) {
    static atomic_int known;
    int version = atomic_load_explicit(&known, memory_order_relaxed);
    if (version > 0)
        return version;
    long result = syscall(SYS_landlock_create_ruleset, 0L, 0L, LANDLOCK_VERSION);
    if (result < 0)
        return -errno;
    version = (int)result;
    atomic_store_explicit(&known, version, memory_order_relaxed);
    return version;
}

static int lacks_landlock(void) {
    int version = fx_platform_landlock_version();
    return version < 0 ? version : 0;
}

static int lacks_seccomp(void) {
    /* Without a program it is the address that is wrong, where there is such a call. */
    long result = syscall(SYS_seccomp, SET_MODE_FILTER, 0L, 0L);
    if (result < 0 && errno == EFAULT)
        return 0;
    return errno == ENOSYS ? -ENOSYS : -ENOTSUP;
}

static int lacks_no_new_privs(void) {
    return prctl(PR_GET_NO_NEW_PRIVS, 0L, 0L, 0L, 0L) < 0 ? -ENOTSUP : 0;
}

/* Whether a file has this text in its first part; -ENOENT and the like if it cannot be read. */
static int find_in(const char *path, const char *text) {
    char content[4096];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    ssize_t size = read(fd, content, sizeof content - 1);
    int result = -errno;
    (void)fx_sys_close(fd);
    if (size < 0)
        return result;
    content[size] = '\0';
    return strstr(content, text) != NULL;
}

static int lacks_cgroup(void) {
    static atomic_bool known;
    if (atomic_load_explicit(&known, memory_order_relaxed))
        return 0;
    int found = find_in("/proc/filesystems", "\tcgroup2\n");
    if (found > 0)
        atomic_store_explicit(&known, true, memory_order_relaxed);
    /* Where /proc is not mounted, the launch will tell. */
    return found == 0 ? -ENOTSUP : 0;
}

static int lacks_apparmor(void) {
    bool active = find_in("/sys/module/apparmor/parameters/enabled", "Y") > 0 ||
                  find_in("/proc/self/attr/apparmor/current", "") > 0;
    return active ? 0 : -ENOTSUP;
}

static int lacks_selinux(void) {
    /* Registered only where it was not switched off at boot. */
    return find_in("/proc/filesystems", "\tselinuxfs\n") > 0 ? 0 : -ENOTSUP;
}

int fx_linux_lacks_containment(fx_step step) {
    switch (step) {
    case FX_STEP_CGROUP:
        return lacks_cgroup();
    case FX_STEP_ID_MAPS:
        return fx_platform_has_namespace(CLONE_NEWUSER) ? 0 : -ENOTSUP;
    case FX_STEP_APPARMOR:
        return lacks_apparmor();
    case FX_STEP_SELINUX:
        return lacks_selinux();
    case FX_STEP_NO_NEW_PRIVS:
        return lacks_no_new_privs();
    case FX_STEP_LANDLOCK:
        return lacks_landlock();
    case FX_STEP_SECCOMP:
        return lacks_seccomp();
    default:
        return 0;
    }
}
