/* SPDX-License-Identifier: MIT
 *
 * The child's system calls for namespaces, cgroups and confinement on Linux.
 */
#include "containment.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "checked.h"
#include "platform.h"

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#define SYS_landlock_add_rule 445
#define SYS_landlock_restrict_self 446
#endif
#ifndef PR_SET_NO_NEW_PRIVS
#define PR_SET_NO_NEW_PRIVS 38
#endif
#define SET_MODE_FILTER 1L /* SECCOMP_SET_MODE_FILTER */
#define RULE_PATH_BENEATH 1L

static int open_at(int directory, const char *path, int flags) {
    return checked(syscall(SYS_openat, (long)directory, path, (long)(flags | O_CLOEXEC), 0L));
}

static int write_at(int directory, const char *path, const char *text, size_t size) {
    int fd = open_at(directory, path, O_WRONLY);
    if (fd < 0)
        return fd;
    int result = fx_sys_write(fd, text, size);
    (void)fx_sys_close(fd);
    return result < 0 ? result : 0;
}

/* ---- cgroups and namespaces ---- */

int fx_sys_enter_cgroup(int directory) {
    /* 0 is whoever writes it, in whatever pid namespace. */
    return write_at(directory, "cgroup.procs", "0", 1);
}

int fx_sys_personality(unsigned int persona) {
    long result = syscall(SYS_personality, (unsigned long)persona);
    /* The one before, which on 32 bits can look like an error but for the one there is. */
    return result == -1 && errno == EINVAL ? -EINVAL : 0;
}

int fx_sys_setns(int fd, int type) { return checked(syscall(SYS_setns, (long)fd, (long)type)); }

int fx_sys_unshare(unsigned int namespaces) {
    return checked(syscall(SYS_unshare, (unsigned long)namespaces));
}

int fx_sys_write_own(const char *path, const char *text, size_t size) {
    return write_at(AT_FDCWD, path, text, size);
}

int fx_sys_receive(int fd, void *data, size_t size) {
    int result;
    do
        result = checked(syscall(SYS_read, (long)fd, data, size));
    while (result == -EINTR);
    return result;
}

/* ---- privileges and filters ---- */

int fx_sys_no_new_privs(void) {
    return checked(syscall(SYS_prctl, (long)PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L));
}

int fx_sys_seccomp(const void *program, size_t count) {
    /* struct sock_fprog. */
    const struct {
        unsigned short length;
        const void *filter;
    } filter = {.length = (unsigned short)count, .filter = program};
    return checked(syscall(SYS_seccomp, SET_MODE_FILTER, 0L, &filter));
}

/* ---- labels ---- */

int fx_sys_apparmor(const char *text, size_t size) {
    int result = write_at(AT_FDCWD, "/proc/self/attr/apparmor/exec", text, size);
    /* Before Linux 5.8 only one module at a time could have labels, in a file for all. */
    return result == -ENOENT ? write_at(AT_FDCWD, "/proc/self/attr/exec", text, size) : result;
}

int fx_sys_selinux(const char *text, size_t size) {
    return write_at(AT_FDCWD, "/proc/self/attr/exec", text, size);
}

/* ---- Landlock ---- */

/* LANDLOCK_ACCESS_FS_* of the version that brought each; what is not handled is not forbidden. */
enum landlock_right {
    EXECUTE = 1 << 0,
    WRITE_FILE = 1 << 1,
    READ_FILE = 1 << 2,
    READ_DIRECTORY = 1 << 3,
    ALL_OF_VERSION_1 = (1 << 13) - 1,
    REFER = 1 << 13,
    TRUNCATE = 1 << 14,
    CONTROL_DEVICE = 1 << 15,
    OF_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | CONTROL_DEVICE
};

static uint64_t rights_of(int version) {
    uint64_t rights = ALL_OF_VERSION_1;
    if (version >= 2)
        rights |= REFER;
    if (version >= 3)
        rights |= TRUNCATE;
    if (version >= 5)
        rights |= CONTROL_DEVICE;
    return rights;
}

int fx_sys_landlock_create(int version) {
    /* The first field of struct landlock_ruleset_attr, which is all there was in version 1. */
    const uint64_t handled = rights_of(version);
    return checked(syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0L));
}

static int add_rule(int ruleset, int parent, uint64_t rights) {
    /* struct landlock_path_beneath_attr, which is packed. */
    const struct {
        uint64_t allowed;
        int32_t parent;
    } rule = {.allowed = rights, .parent = parent};
    return checked(
        syscall(SYS_landlock_add_rule, (long)ruleset, (long)RULE_PATH_BENEATH, &rule, 0L));
}

int fx_sys_landlock_allow(int ruleset, int version, const char *path, fx_landlock_access access) {
    uint64_t rights = EXECUTE | READ_FILE | READ_DIRECTORY;
    if (access == FX_LANDLOCK_READ_WRITE)
        rights = rights_of(version);
    int fd = open_at(AT_FDCWD, path, O_PATH);
    if (fd < 0)
        return fd;
    int result = add_rule(ruleset, fd, rights);
    /* The rights of a directory mean nothing on what is none. */
    if (result == -EINVAL)
        result = add_rule(ruleset, fd, rights & OF_FILES);
    (void)fx_sys_close(fd);
    return result;
}

int fx_sys_landlock_restrict(int ruleset) {
    return checked(syscall(SYS_landlock_restrict_self, (long)ruleset, 0L));
}
