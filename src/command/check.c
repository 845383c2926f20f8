/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "command.h"
#include "platform/containment.h"
#include "platform/helper.h"
#include "platform/platform.h"

fx_reason fx_command_obstacle(const fx_command *command) {
    if (command->callback.function)
        return FX_REASON_CALLBACK;
    if (command->gate.set || command->uid_map_count || command->gid_map_count)
        return FX_REASON_PARENT;
    if (command->dumpable.set ||
        ((command->unshare || command->namespace_count) && fx_platform_changes_memory(command)))
        return FX_REASON_MEMORY;
    /* A debugger may be anybody of the same user who has no less capabilities. */
    if (command->user.set || command->group.set || command->groups.set ||
        command->permitted_capabilities.set)
        return FX_REASON_IDENTITY;
    return FX_REASON_NONE;
}

bool fx_command_may_skip(const fx_command *command, fx_step step) {
    for (size_t i = 0; i < command->best_effort_count; i++)
        if (command->best_effort[i] == step)
            return true;
    return false;
}

int fx_check_open(int descriptor, const char *field, fx_error *error) {
    int flags = fx_sys_descriptor_flags(descriptor);
    if (flags < 0)
        return fx_error_command(error, flags, field, "descriptor %d is not open", descriptor);
    return 0;
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

const char *fx_command_helper_obstacle(const fx_command *command) {
    const unsigned int new_user = 0x10000000; /* CLONE_NEWUSER, the same on every machine */
    if (command->callback.function)
        return fx_reason_text(FX_REASON_CALLBACK);
    if (fx_platform_birth_namespaces(command->unshare) & new_user)
        return "a child that is born in a new user namespace would lose all privilege there";
    return NULL;
}

static int check_helper(const fx_command *command, fx_error *error) {
    if (!fx_platform_has_helper())
        return fx_error_command(error, -ENOTSUP, "mechanism", "this platform has no helper");
    const char *obstacle = fx_command_helper_obstacle(command);
    if (obstacle)
        return fx_error_command(error, -ENOTSUP, "mechanism", "helper cannot be used: %s",
                                obstacle);
    return 0;
}

static int check_sharing(const fx_command *command, fx_error *error) {
    const char *name = fx_mechanism_name(command->mechanism);
    if (!fx_platform_shares_memory())
        return fx_error_command(error, -ENOTSUP, "mechanism", "this platform has no %s", name);
    fx_reason obstacle = fx_command_obstacle(command);
    if (obstacle != FX_REASON_NONE)
        return fx_error_command(error, -ENOTSUP, "mechanism", "%s cannot be used: %s", name,
                                fx_reason_text(obstacle));
    return 0;
}

static int check_mechanism(const fx_command *command, fx_error *error) {
    switch (command->mechanism) {
    case FX_MECHANISM_AUTO:
    case FX_MECHANISM_FORK:
        return 0;
    case FX_MECHANISM_CLONE3:
    case FX_MECHANISM_CLONE:
        return check_sharing(command, error);
    case FX_MECHANISM_HELPER:
        return check_helper(command, error);
    default:
        return fx_error_command(error, -EINVAL, "mechanism", "%d is no fx_mechanism",
                                command->mechanism);
    }
}

/* A child that went on without one of these would not be what was asked for. */
static bool may_be_skipped(fx_step step) {
    switch (step) {
    case FX_STEP_DESCRIPTOR:
    case FX_STEP_CLOSE:
    case FX_STEP_CLOSE_OTHERS:
    case FX_STEP_RESET_HANDLERS:
    case FX_STEP_SIGNAL_MASK:
    case FX_STEP_CALLBACK:
    case FX_STEP_EXEC:
        return false;
    default:
        return step > FX_STEP_CLONE && step < FX_STEP_COUNT;
    }
}

static int check_best_effort(const fx_command *command, fx_error *error) {
    if (command->best_effort_count && !command->best_effort)
        return fx_error_command(error, -EINVAL, "best_effort", "the list is NULL");
    for (size_t i = 0; i < command->best_effort_count; i++)
        if (!may_be_skipped(command->best_effort[i]))
            return fx_error_command(error, -EINVAL, "best_effort", "%s is always required",
                                    fx_step_key(command->best_effort[i]));
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

/* What need not succeed comes early: some of the others ask about it. */
static int check_all(fx_check_family *const *checks, size_t count, const fx_command *command,
                     fx_error *error) {
    for (size_t i = 0; i < count; i++) {
        int result = checks[i](command, error);
        if (result < 0)
            return result;
    }
    return 0;
}

int fx_command_check(const fx_command *command, fx_error *error) {
    static fx_check_family *const plain[] = {
        check_rest,       check_program,     fx_check_variables, fx_check_directory,
        fx_check_session, fx_check_identity, check_mechanism,    fx_check_descriptors,
    };
    static fx_check_family *const all[] = {
        check_rest,           check_best_effort, check_program,         fx_check_variables,
        fx_check_directory,   fx_check_session,  fx_check_identity,     fx_check_limits,
        fx_check_scheduling,  fx_check_signals,  fx_check_capabilities, fx_check_namespaces,
        fx_check_confinement, fx_check_exec,     fx_check_death,        check_mechanism,
        fx_check_descriptors,
    };
    if (fx_command_has_attributes(command))
        return check_all(all, sizeof all / sizeof all[0], command, error);
    return check_all(plain, sizeof plain / sizeof plain[0], command, error);
}
