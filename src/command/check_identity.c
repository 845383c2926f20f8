/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <unistd.h>

#include "command.h"
#include "platform/platform.h"

int fx_check_identity(const fx_command *command, fx_error *error) {
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
