/* SPDX-License-Identifier: MIT
 *
 * Whether a child may confine itself: Landlock and seccomp need PR_SET_NO_NEW_PRIVS or
 * CAP_SYS_ADMIN, at the moment when its identity is already the new one.
 */
#include "linux_privileges.h"

#include <errno.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "containment.h"

#ifndef PR_GET_NO_NEW_PRIVS
#define PR_GET_NO_NEW_PRIVS 39
#endif
#define CAPABILITY_VERSION 0x20080522U /* _LINUX_CAPABILITY_VERSION_3 */
#define SYS_ADMIN 21                   /* CAP_SYS_ADMIN */
#define NO_SETUID_FIXUP (1 << 2)       /* SECBIT_NO_SETUID_FIXUP */

int fx_linux_read_capabilities(struct fx_linux_capabilities *sets) {
    struct {
        uint32_t version;
        int pid;
    } header = {.version = CAPABILITY_VERSION};
    struct {
        uint32_t effective, permitted, inheritable;
    } words[2] = {{0, 0, 0}, {0, 0, 0}};
    if (syscall(SYS_capget, &header, words) < 0)
        return -errno;
    sets->effective = words[0].effective | (uint64_t)words[1].effective << 32;
    sets->permitted = words[0].permitted | (uint64_t)words[1].permitted << 32;
    sets->inheritable = words[0].inheritable | (uint64_t)words[1].inheritable << 32;
    return 0;
}

bool fx_linux_is_administrator(void) {
    struct fx_linux_capabilities sets;
    return fx_linux_read_capabilities(&sets) == 0 && (sets.effective >> SYS_ADMIN & 1);
}

/* A process has all capabilities in a user namespace that it makes, or joins. */
static bool changes_user_namespace(const fx_command *command) {
    if (command->unshare & CLONE_NEWUSER)
        return true;
    for (size_t i = 0; i < command->namespace_count; i++)
        if (command->namespaces[i].type == 0 || command->namespaces[i].type == CLONE_NEWUSER)
            return true;
    return false;
}

/* setresuid(2) from the superuser to somebody else takes what is in effect, but what is ambient. */
static bool loses_with_identity(const fx_command *command) {
    const fx_capabilities *ambient = &command->ambient_capabilities;
    if (ambient->set && ambient->bits >> SYS_ADMIN & 1)
        return false;
    int bits = command->securebits.set ? command->securebits.value
                                       : prctl(PR_GET_SECUREBITS, 0L, 0L, 0L, 0L);
    bool fixed = bits < 0 || !(bits & NO_SETUID_FIXUP);
    return fixed && command->user.set && command->user.value != 0 && geteuid() == 0;
}

bool fx_platform_may_confine(const fx_command *command) {
    if (command->no_new_privs || prctl(PR_GET_NO_NEW_PRIVS, 0L, 0L, 0L, 0L) == 1)
        return true;
    /* Those are in effect, whoever it is by then. */
    if (command->permitted_capabilities.set &&
        !(command->permitted_capabilities.bits >> SYS_ADMIN & 1))
        return false;
    /* Which user that is there, and what it then has, only the kernel knows. */
    if (changes_user_namespace(command))
        return true;
    if (!command->permitted_capabilities.set && loses_with_identity(command))
        return false;
    return fx_linux_is_administrator();
}
