/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <unistd.h>

#include "command.h"
#include "platform/platform.h"

static int check_groups(const fx_command *command, fx_error *error) {
    const fx_groups *groups = &command->groups;
    if (!groups->set)
        return 0;
    if (groups->count && !groups->list)
        return fx_error_command(error, -EINVAL, "groups", "the list is NULL");
    if (command->keep_groups)
        return fx_error_command(error, -EINVAL, "keep_groups", "excludes groups");
    /* glibc reads this from /proc, so only where it matters. */
    long most = groups->count ? sysconf(_SC_NGROUPS_MAX) : -1;
    if (most >= 0 && groups->count > (size_t)most)
        return fx_error_command(error, -E2BIG, "groups", "%zu are more than the %ld allowed",
                                groups->count, most);
    return 0;
}

static int check_ids(const fx_command *command, fx_error *error) {
    if (command->order != FX_ORDER_STANDARD)
        return 0;
    /* (uid_t)-1 means "leave it" to the kernel, so the child would silently stay who it was. */
    if (command->user.set && command->user.value == (unsigned int)-1)
        return fx_error_command(error, -EINVAL, "user", "%u is no user id", command->user.value);
    if (command->group.set && command->group.value == (unsigned int)-1)
        return fx_error_command(error, -EINVAL, "group", "%u is no group id", command->group.value);
    if (command->user.set && !command->groups.set && !command->keep_groups)
        return fx_error_command(error, -EINVAL, "groups",
                                "must be decided on when user is set: the supplementary groups "
                                "of the parent would be kept");
    return 0;
}

static int check_dumpable(const fx_command *command, fx_error *error) {
    /* 2 is for the kernel alone to set. */
    if (command->dumpable.set && (command->dumpable.value < 0 || command->dumpable.value > 1))
        return fx_error_command(error, -EINVAL, "dumpable", "%d is neither 0 nor 1",
                                command->dumpable.value);
    return 0;
}

int fx_check_identity(const fx_command *command, fx_error *error) {
    int result = check_groups(command, error);
    if (result == 0)
        result = check_ids(command, error);
    return result == 0 ? check_dumpable(command, error) : result;
}
