/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "plan.h"

/* Lay out everything behind the struct itself; measures only while the block has no memory. */
static int fill(struct fx_block *block, const fx_command *command,
                const struct fx_environment *environment, struct fx_plan *plan, fx_error *error) {
    const char *search_path = fx_search_path(command, environment->list);
    const char *program = command->program ? command->program : command->argv[0];
    if (command->candidates)
        program = command->candidates[0];

    plan->argv = fx_block_strings(block, (const char *const *)command->argv);
    /* A callback may change what is inherited: that is read after it, in the child's own memory. */
    bool follows = command->callback.function && !command->environment && !environment->owned;
    if (!follows)
        plan->environment = fx_block_strings(block, (const char *const *)environment->list);
    plan->pid_variables = environment->pid_variables;
    plan->candidates = fx_search_candidates(block, command, search_path);
    plan->program = fx_block_string(block, program);
    if (search_path)
        plan->search_path = fx_block_string(block, search_path);
    if (command->directory)
        plan->directory = fx_block_string(block, command->directory);
    plan->directory_fd = command->directory_fd.set ? command->directory_fd.value : -1;

    int result = fx_plan_entries(block, command, plan, error);
    if (result < 0)
        return result;
    return fx_plan_steps(block, command, plan, error);
}

/* Fills what the block has room for; `block->used` says how much it would take. */
static int fill_block(struct fx_block *block, const fx_command *command,
                      const struct fx_environment *environment, struct fx_plan **made,
                      fx_error *error) {
    struct fx_plan plan = {
        .order = command->order,
        .callback = command->callback,
        .reporter = command->reporter,
        .without_pidfd = command->without_pidfd,
        .closes_others = !command->inherit_others,
        .program_fd = -1,
        .cgroup = -1,
    };
    plan.mechanism = fx_choose_mechanism(command, &plan.reason);
    struct fx_plan *place = fx_block_take(block, 1, sizeof plan);
    int result = fill(block, command, environment, &plan, error);
    if (result < 0 || block->used > block->size)
        return result;
    plan.size = block->used;
    plan.helper_if_large = plan.mechanism == FX_MECHANISM_FORK && fx_may_be_helped(command) &&
                           fx_plan_suits_helper(&plan);
    *place = plan;
    *made = place;
    return 0;
}

static int compile(const fx_command *command, const struct fx_environment *environment,
                   struct fx_block block, struct fx_plan **made, fx_error *error) {
    int result = fill_block(&block, command, environment, made, error);
    if (result < 0 || *made)
        return result;

    struct fx_block memory = {
        .base = malloc(block.used),
        .size = block.used,
        .borrows = block.borrows,
        .only_attributes = block.only_attributes,
    };
    if (!memory.base)
        return fx_error_set(error, -ENOMEM, FX_STEP_ALLOCATE, -1, "plan of %zu bytes", block.used);
    result = fill_block(&memory, command, environment, made, error);
    if (result == 0 && !*made)
        result =
            fx_error_command(error, -EAGAIN, "environment", "another thread has just changed it");
    if (result < 0)
        free(memory.base);
    return result;
}

int fx_compile_into(const fx_command *given, struct fx_block room, fx_plan **plan,
                    fx_error *error) {
    int saved = errno;
    fx_error failure;
    fx_command command;
    struct fx_environment environment = {0};
    struct fx_resolved resolved = {.count = 0};

    fx_error_clear(&failure);
    *plan = NULL;
    int result = fx_command_copy(given, &command, &failure);
    if (result == 0)
        result = fx_command_resolve(&command, &resolved, &failure);
    if (result == 0)
        result = fx_command_check(&command, &failure);
    if (result == 0)
        result = fx_environment_resolve(&command, &environment, &failure);
    /* What was made for this command ends with this function; the helper cannot borrow. */
    if (result == 0 &&
        (resolved.count > 0 || environment.pid_variables > 0 || fx_may_be_helped(&command)))
        room.borrows = false;
    if (result == 0)
        result = compile(&command, &environment, room, plan, &failure);
    fx_environment_free(&environment);
    fx_resolved_free(&resolved);
    if (result < 0)
        fx_error_copy_out(&failure, error);
    else
        errno = saved;
    return result;
}

int fx_compile(const fx_command *command, fx_plan **plan, fx_error *error) {
    const struct fx_block none = {.base = NULL};
    return fx_compile_into(command, none, plan, error);
}

void fx_plan_free(fx_plan *plan) { free(plan); }

fx_mechanism fx_plan_mechanism(const fx_plan *plan, fx_reason *reason) {
    if (reason)
        *reason = plan->reason;
    return plan->mechanism;
}
