/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "platform/platform.h"

bool fx_command_changes_identity(const fx_command *command) {
    return command->user.set || command->group.set || command->groups.set;
}

static int check_program(const fx_command *command, fx_error *error) {
    if (!command->argv || !command->argv[0])
        return fx_error_command(error, -EINVAL, "argv", "must have at least one element");
    if (command->candidates && !command->candidates[0])
        return fx_error_command(error, -EINVAL, "candidates", "must have at least one element");
    if ((unsigned int)command->search > FX_SEARCH_NONE)
        return fx_error_command(error, -EINVAL, "search", "%d is no fx_search", command->search);
    return 0;
}

static int check_environment(const fx_command *command, fx_error *error) {
    for (const char *const *entry = command->environment_set; entry && *entry; entry++)
        if (**entry == '=' || !strchr(*entry, '='))
            return fx_error_command(error, -EINVAL, "environment_set",
                                    "\"%s\" is not of the form NAME=value", *entry);
    for (const char *const *name = command->environment_unset; name && *name; name++)
        if (**name == '\0' || strchr(*name, '='))
            return fx_error_command(error, -EINVAL, "environment_unset",
                                    "\"%s\" is not a variable's name", *name);
    return 0;
}

static int check_directory(const fx_command *command, fx_error *error) {
    if (!command->directory_fd.set)
        return 0;
    if (command->directory)
        return fx_error_command(error, -EINVAL, "directory_fd", "excludes directory");
    int flags = fx_sys_descriptor_flags(command->directory_fd.value);
    if (flags < 0)
        return fx_error_command(error, flags, "directory_fd", "descriptor %d is not open",
                                command->directory_fd.value);
    return 0;
}

static int check_session(const fx_command *command, fx_error *error) {
    if (!command->process_group.set)
        return 0;
    if (command->process_group.value < 0)
        return fx_error_command(error, -EINVAL, "process_group", "%d is negative",
                                command->process_group.value);
    /* setsid has made a group already; setpgid on a session leader is always EPERM. */
    if (command->new_session && command->order == FX_ORDER_STANDARD)
        return fx_error_command(error, -EINVAL, "process_group",
                                "excludes new_session, which makes a group of its own");
    return 0;
}

static int check_identity(const fx_command *command, fx_error *error) {
    const fx_groups *groups = &command->groups;
    if (groups->set && groups->count && !groups->list)
        return fx_error_command(error, -EINVAL, "groups", "the list is NULL");
    /* glibc reads this from /proc, so only where it matters. */
    long most = groups->set && groups->count ? sysconf(_SC_NGROUPS_MAX) : -1;
    if (most >= 0 && groups->count > (size_t)most)
        return fx_error_command(error, -E2BIG, "groups", "%zu are more than the %ld allowed",
                                groups->count, most);
    if (command->order != FX_ORDER_STANDARD)
        return 0;
    /* (uid_t)-1 means "leave it" to the kernel, so the child would silently stay who it was. */
    if (command->user.set && command->user.value == (unsigned int)-1)
        return fx_error_command(error, -EINVAL, "user", "%u is no user id", command->user.value);
    if (command->group.set && command->group.value == (unsigned int)-1)
        return fx_error_command(error, -EINVAL, "group", "%u is no group id", command->group.value);
    if (command->user.set && !groups->set)
        return fx_error_command(error, -EINVAL, "groups",
                                "must be decided on when user is set: the supplementary groups "
                                "of the parent would be kept");
    return 0;
}

static int check_mechanism(const fx_command *command, fx_error *error) {
    fx_mechanism wanted = command->mechanism;
    if ((unsigned int)wanted >= FX_MECHANISM_COUNT)
        return fx_error_command(error, -EINVAL, "mechanism", "%d is no fx_mechanism", wanted);
    if (wanted == FX_MECHANISM_AUTO || wanted == FX_MECHANISM_FORK)
        return 0;
    if (!fx_platform_shares_memory())
        return fx_error_command(error, -ENOTSUP, "mechanism", "this platform has no %s",
                                fx_mechanism_name(wanted));
    fx_reason obstacle = command->callback.function             ? FX_REASON_CALLBACK
                         : fx_command_changes_identity(command) ? FX_REASON_IDENTITY
                                                                : FX_REASON_NONE;
    if (obstacle != FX_REASON_NONE)
        return fx_error_command(error, -ENOTSUP, "mechanism", "%s cannot be used: %s",
                                fx_mechanism_name(wanted), fx_reason_text(obstacle));
    return 0;
}

static int check_rest(const fx_command *command, fx_error *error) {
    if (command->order != FX_ORDER_STANDARD && command->order != FX_ORDER_CPYTHON)
        return fx_error_command(error, -EINVAL, "order", "%d is no fx_order", command->order);
    if (command->umask.set && command->order == FX_ORDER_STANDARD &&
        (command->umask.value < 0 || command->umask.value > 0777))
        return fx_error_command(error, -EINVAL, "umask", "0%o is not between 0 and 0777",
                                (unsigned int)command->umask.value);
    return 0;
}

int fx_command_check(const fx_command *command, fx_error *error) {
    int (*const checks[])(const fx_command *, fx_error *) = {
        check_rest,    check_program,  check_environment, check_directory,
        check_session, check_identity, check_mechanism,   fx_check_descriptors,
    };
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        int result = checks[i](command, error);
        if (result < 0)
            return result;
    }
    return 0;
}
