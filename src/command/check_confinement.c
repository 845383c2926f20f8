/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "command.h"
#include "platform/containment.h"
#include "platform/platform.h"

/* sizeof(struct sock_filter), and BPF_MAXINSNS. */
enum { INSTRUCTION = 8, MOST_INSTRUCTIONS = 4096 };

static int check_landlock(const fx_command *command, fx_error *error) {
    if (command->landlock_count && !command->landlock)
        return fx_error_command(error, -EINVAL, "landlock", "the list is NULL");
    for (size_t i = 0; i < command->landlock_count; i++) {
        const fx_landlock_path *rule = &command->landlock[i];
        if (!rule->path || !*rule->path)
            return fx_error_command(error, -EINVAL, "landlock", "entry %zu: the path is %s", i,
                                    rule->path ? "empty" : "NULL");
        if ((unsigned int)rule->access > FX_LANDLOCK_READ_WRITE)
            return fx_error_command(error, -EINVAL, "landlock",
                                    "entry %zu: %d is no fx_landlock_access", i, rule->access);
    }
    if (!command->landlock_fd.set)
        return 0;
    if (command->landlock_count)
        return fx_error_command(error, -EINVAL, "landlock_fd", "excludes landlock");
    return fx_check_open(command->landlock_fd.value, "landlock_fd", error);
}

static int check_seccomp(const fx_command *command, fx_error *error) {
    size_t size = command->seccomp_size;
    if (!command->seccomp != !size)
        return fx_error_command(error, -EINVAL, "seccomp", "%s",
                                size ? "is NULL, but has a size" : "must have a size");
    if (size % INSTRUCTION)
        return fx_error_command(error, -EINVAL, "seccomp",
                                "%zu bytes are no number of instructions of %d bytes", size,
                                INSTRUCTION);
    if (size / INSTRUCTION > MOST_INSTRUCTIONS)
        return fx_error_command(error, -E2BIG, "seccomp",
                                "%zu instructions are more than the %d allowed", size / INSTRUCTION,
                                MOST_INSTRUCTIONS);
    return 0;
}

static int check_privilege(const fx_command *command, fx_error *error) {
    bool landlock = (command->landlock_count || command->landlock_fd.set) &&
                    !fx_command_may_skip(command, FX_STEP_LANDLOCK);
    bool seccomp = command->seccomp && !fx_command_may_skip(command, FX_STEP_SECCOMP);
    if ((!landlock && !seccomp) || fx_platform_may_confine(command))
        return 0;
    const char *field = seccomp ? "seccomp" : "landlock";
    if (!seccomp && command->landlock_fd.set)
        field = "landlock_fd";
    return fx_error_command(error, -EPERM, field,
                            "needs no_new_privs, or CAP_SYS_ADMIN as the user that the child is by "
                            "then");
}

static int check_label(const char *label, const char *field, fx_error *error) {
    if (label && !*label)
        return fx_error_command(error, -EINVAL, field, "is empty");
    return 0;
}

static int check_labels(const fx_command *command, fx_error *error) {
    int result = check_label(command->apparmor_profile, "apparmor_profile", error);
    return result < 0 ? result : check_label(command->selinux_context, "selinux_context", error);
}

static int check_personality(const fx_command *command, fx_error *error) {
    /* 0xffffffff asks for what it is, and changes nothing. */
    if (command->personality.set && command->personality.value >= 0xffffffffULL)
        return fx_error_command(error, -EINVAL, "personality", "0x%llx is none",
                                command->personality.value);
    return 0;
}

int fx_check_confinement(const fx_command *command, fx_error *error) {
    int (*const checks[])(const fx_command *, fx_error *) = {
        check_landlock, check_seccomp, check_privilege, check_labels, check_personality,
    };
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        int result = checks[i](command, error);
        if (result < 0)
            return result;
    }
    return 0;
}
