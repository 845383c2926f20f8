/* SPDX-License-Identifier: MIT
 *
 * POSIX knows no containment.
 */
#include <errno.h>

#include "containment.h"

int fx_sys_enter_cgroup(int directory) {
    (void)directory;
    return -ENOSYS;
}

int fx_sys_personality(unsigned int persona) {
    (void)persona;
    return -ENOSYS;
}

int fx_sys_setns(int fd, int type) {
    (void)fd;
    (void)type;
    return -ENOSYS;
}

int fx_sys_unshare(unsigned int namespaces) {
    (void)namespaces;
    return -ENOSYS;
}

int fx_sys_write_own(const char *path, const char *text, size_t size) {
    (void)path;
    (void)text;
    (void)size;
    return -ENOSYS;
}

int fx_sys_receive(int fd, void *data, size_t size) {
    (void)fd;
    (void)data;
    (void)size;
    return -ENOSYS;
}

int fx_sys_no_new_privs(void) { return -ENOSYS; }

int fx_sys_seccomp(const void *program, size_t count) {
    (void)program;
    (void)count;
    return -ENOSYS;
}

int fx_sys_apparmor(const char *text, size_t size) {
    (void)text;
    (void)size;
    return -ENOSYS;
}

int fx_sys_selinux(const char *text, size_t size) {
    (void)text;
    (void)size;
    return -ENOSYS;
}

int fx_sys_landlock_create(int version) {
    (void)version;
    return -ENOSYS;
}

int fx_sys_landlock_allow(int ruleset, int version, const char *path, fx_landlock_access access) {
    (void)ruleset;
    (void)version;
    (void)path;
    (void)access;
    return -ENOSYS;
}

int fx_sys_landlock_restrict(int ruleset) {
    (void)ruleset;
    return -ENOSYS;
}

int fx_platform_landlock_version(void) { return -ENOSYS; }

unsigned int fx_platform_namespaces(void) { return 0; }

bool fx_platform_has_namespace(unsigned int type) {
    (void)type;
    return false;
}

unsigned int fx_platform_namespace_type(const char *path, int descriptor) {
    (void)path;
    (void)descriptor;
    return 0;
}

unsigned int fx_platform_birth_namespaces(unsigned int namespaces) {
    (void)namespaces;
    return 0;
}

int fx_platform_place_of_namespace(unsigned int type) {
    (void)type;
    return 0;
}

bool fx_platform_is_cgroup(const char *path, int descriptor) {
    (void)path;
    (void)descriptor;
    return true;
}

bool fx_platform_may_confine(const fx_command *command) {
    (void)command;
    return true;
}

pid_t fx_platform_fork_into(unsigned int namespaces) {
    (void)namespaces;
    return -ENOSYS;
}

int fx_platform_write_of_process(pid_t pid, const char *name, const char *text) {
    (void)pid;
    (void)name;
    (void)text;
    return -ENOSYS;
}
