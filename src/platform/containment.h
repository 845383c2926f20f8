/* SPDX-License-Identifier: MIT
 *
 * Namespaces, cgroups and confinement: what a process can see, and what it may do.
 */
#ifndef FX_PLATFORM_CONTAINMENT_H
#define FX_PLATFORM_CONTAINMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "forkexec.h"

/* ---- in the child ---- */

/* Become a member of the cgroup with this directory. */
int fx_sys_enter_cgroup(int directory);
int fx_sys_personality(unsigned int persona);
int fx_sys_setns(int fd, int type);
int fx_sys_unshare(unsigned int namespaces);
/* Write a file of /proc/self, whole. */
int fx_sys_write_own(const char *path, const char *text, size_t size);
/* read(2), and again if a signal interrupts it. */
int fx_sys_receive(int fd, void *data, size_t size);

int fx_sys_no_new_privs(void);
/* `program` is an array of `count` struct sock_filter. */
int fx_sys_seccomp(const void *program, size_t count);
/* A label of the next exec. */
int fx_sys_apparmor(const char *text, size_t size);
int fx_sys_selinux(const char *text, size_t size);

/* A ruleset, close-on-exec, that forbids all that Landlock of this version can forbid. */
int fx_sys_landlock_create(int version);
/* Allow the rights that `access` means beneath `path`. */
int fx_sys_landlock_allow(int ruleset, int version, const char *path, fx_landlock_access access);
int fx_sys_landlock_restrict(int ruleset);

/* ---- in the parent ---- */

/* The version of Landlock's interface, or a negative errno. */
int fx_platform_landlock_version(void);
/* CLONE_NEW* of every kind of namespace that this library knows; 0 where there are none. */
unsigned int fx_platform_namespaces(void);
/* Whether the kernel was built with this kind of namespace, as far as can be told. */
bool fx_platform_has_namespace(unsigned int type);
/* Which kind of namespace a path, or where that is NULL a descriptor, stands for; 0: unknown. */
unsigned int fx_platform_namespace_type(const char *path, int descriptor);
/* Those that a new process can only be born into, of the namespaces that a command asks for. */
unsigned int fx_platform_birth_namespaces(unsigned int namespaces);
/* Where among others a namespace is to be joined: the smaller place first. */
int fx_platform_place_of_namespace(unsigned int type);
/* Whether it is a directory of a cgroup of version 2; true where that cannot be told. */
bool fx_platform_is_cgroup(const char *path, int descriptor);
/*
 * Whether a child with these attributes may confine itself without `no_new_privs`: with
 * CAP_SYS_ADMIN, if that is not lost on the way, or because this process has the attribute already.
 */
bool fx_platform_may_confine(const fx_command *command);
/* fork(2) into new namespaces; no at-fork handlers are run. */
pid_t fx_platform_fork_into(unsigned int namespaces);
/* Write a file of /proc/PID, whole. */
int fx_platform_write_of_process(pid_t pid, const char *name, const char *text);

#endif
