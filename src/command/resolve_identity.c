/* SPDX-License-Identifier: MIT
 *
 * Users and groups by name: looked up once, in the parent, as this may read files, ask
 * servers and take locks.
 */
#include <errno.h>
#include <stdlib.h>

#include "command.h"
#include "platform/users.h"

static int check_contradictions(const fx_command *command, fx_error *error) {
    if (command->user_name && command->user.set)
        return fx_error_command(error, -EINVAL, "user_name", "excludes user");
    if (command->group_name && command->group.set)
        return fx_error_command(error, -EINVAL, "group_name", "excludes group");
    if (!command->groups_of_user)
        return 0;
    if (!command->user_name && !command->user.set)
        return fx_error_command(error, -EINVAL, "groups_of_user", "needs a user");
    if (command->groups.set)
        return fx_error_command(error, -EINVAL, "groups_of_user", "excludes groups");
    if (command->keep_groups)
        return fx_error_command(error, -EINVAL, "groups_of_user", "excludes keep_groups");
    return 0;
}

static int fail_to_find(fx_error *error, int code, const char *field, const char *kind,
                        const char *name) {
    if (code == -ENOMEM)
        return fx_error_set(error, code, FX_STEP_ALLOCATE, -1, "%s", field);
    if (code == -ENOENT)
        return fx_error_command(error, code, field, "there is no %s \"%s\"", kind, name);
    return fx_error_command(error, code, field,
                            "the %s \"%s\" could not be looked up: error %d of the database", kind,
                            name, -code);
}

static int find_user(const fx_command *command, struct fx_account *account, fx_error *error) {
    if (command->user_name) {
        int result = fx_platform_find_user(command->user_name, account);
        return result < 0 ? fail_to_find(error, result, "user_name", "user", command->user_name)
                          : 0;
    }
    int result = fx_platform_find_user_number(command->user.value, account);
    if (result == -ENOENT)
        return fx_error_command(error, result, "groups_of_user",
                                "the user %u is not in the database", command->user.value);
    return result < 0 ? fail_to_find(error, result, "groups_of_user", "user", "") : 0;
}

static int find_groups(fx_command *command, const struct fx_account *account,
                       struct fx_resolved *resolved, fx_error *error) {
    gid_t *list;
    size_t count;
    int result = fx_platform_groups_of_user(account->name, command->group.value, &list, &count);
    if (result < 0)
        return fail_to_find(error, result, "groups_of_user", "user", account->name);
    resolved->memory[resolved->count++] = list;
    command->groups = (fx_groups){.set = true, .count = count, .list = list};
    return 0;
}

static int resolve_user(fx_command *command, struct fx_resolved *resolved, fx_error *error) {
    struct fx_account account;
    int result = find_user(command, &account, error);
    if (result < 0)
        return result;
    command->user = (fx_id){.set = true, .value = account.user};
    /* Not that of the parent, which may be the superuser's. */
    if (!command->group.set)
        command->group = (fx_id){.set = true, .value = account.group};
    if (command->groups_of_user)
        result = find_groups(command, &account, resolved, error);
    free(account.name);
    return result;
}

static int resolve_group(fx_command *command, fx_error *error) {
    gid_t group;
    int result = fx_platform_find_group(command->group_name, &group);
    if (result < 0)
        return fail_to_find(error, result, "group_name", "group", command->group_name);
    command->group = (fx_id){.set = true, .value = group};
    return 0;
}

int fx_resolve_identity(fx_command *command, struct fx_resolved *resolved, fx_error *error) {
    bool needs_user = command->user_name || command->groups_of_user;
    if (!needs_user && !command->group_name)
        return 0;
    int result = check_contradictions(command, error);
    if (result == 0 && command->group_name)
        result = resolve_group(command, error);
    if (result == 0 && needs_user)
        result = resolve_user(command, resolved, error);
    return result;
}
