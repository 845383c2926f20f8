/* SPDX-License-Identifier: MIT */
#include <signal.h>

#include "plan.h"
#include "platform/sorted.h"

/* The language runtimes' ignored signals, those of CPython's restore_signals that POSIX has. */
static const int restored_signals[] = {SIGPIPE, SIGXFSZ};

struct builder {
    struct fx_plan_step *steps;
    size_t count;
};

static void add(struct builder *builder, struct fx_plan_step step) {
    if (builder->steps)
        builder->steps[builder->count] = step;
    builder->count++;
}

static void add_number(struct builder *builder, fx_step kind, long number) {
    add(builder, (struct fx_plan_step){.kind = kind, .index = -1, .number = number});
}

static void add_descriptors(struct builder *builder, const fx_command *command,
                            const struct fx_plan *plan) {
    if (plan->entry_count)
        add_number(builder, FX_STEP_DESCRIPTOR, 0);
    for (size_t i = 0; i < command->close_count; i++) {
        int fd = command->close[i];
        bool is_target = fx_sorted_has(plan->targets, plan->entry_count, fd);
        /* The closing of all others takes it too, unless it is a standard stream. */
        if (!is_target && (command->inherit_others || fd < 3))
            add(builder,
                (struct fx_plan_step){.kind = FX_STEP_CLOSE, .index = (int)i, .number = fd});
    }
    if (!command->inherit_others)
        add_number(builder, FX_STEP_CLOSE_OTHERS, 0);
}

static void add_identity(struct builder *builder, const fx_command *command,
                         struct fx_block *block) {
    const fx_groups *groups = &command->groups;
    if (groups->set) {
        gid_t *list = fx_block_take(block, groups->count, sizeof *list);
        for (size_t i = 0; list && i < groups->count; i++)
            list[i] = groups->list[i];
        add(builder, (struct fx_plan_step){.kind = FX_STEP_SETGROUPS,
                                           .index = -1,
                                           .number = (long)groups->count,
                                           .groups = list});
    }
    if (command->group.set)
        add_number(builder, FX_STEP_SETGID, (long)command->group.value);
    if (command->user.set)
        add_number(builder, FX_STEP_SETUID, (long)command->user.value);
}

static void add_signals(struct builder *builder, const fx_command *command) {
    /* CPython's callback finds the parent's handlers; execve resets them anyway. */
    if (!(command->callback.function && command->order == FX_ORDER_CPYTHON))
        add_number(builder, FX_STEP_RESET_HANDLERS, 0);
    if (!command->keep_ignored_signals)
        for (size_t i = 0; i < sizeof restored_signals / sizeof restored_signals[0]; i++)
            add(builder, (struct fx_plan_step){.kind = FX_STEP_DEFAULT_SIGNALS,
                                               .index = restored_signals[i],
                                               .number = restored_signals[i]});
    add_number(builder, FX_STEP_SIGNAL_MASK, 0);
}

static void add_all(struct builder *builder, struct fx_block *block, const fx_command *command,
                    const struct fx_plan *plan) {
    if (command->new_session)
        add_number(builder, FX_STEP_SETSID, 0);
    if (command->process_group.set)
        add_number(builder, FX_STEP_SETPGID, command->process_group.value);
    if (command->umask.set)
        add_number(builder, FX_STEP_UMASK, command->umask.value & 0777);
    add_descriptors(builder, command, plan);
    add_identity(builder, command, block);
    if (command->directory)
        add(builder,
            (struct fx_plan_step){.kind = FX_STEP_CHDIR, .index = -1, .path = plan->directory});
    if (command->directory_fd.set)
        add_number(builder, FX_STEP_FCHDIR, command->directory_fd.value);
    add_signals(builder, command);
    if (command->callback.function)
        add_number(builder, FX_STEP_CALLBACK, 0);
    add_number(builder, FX_STEP_EXEC, 0);
}

/*
 * A callback runs with the program's mask, and what it opens is closed like the rest: the mask
 * comes just before it, and the closing just after.
 */
static unsigned int place_of(const struct fx_plan_step *step, const fx_command *command) {
    unsigned int callback = fx_step_table[FX_STEP_CALLBACK].place[command->order];
    if (command->callback.function && step->kind == FX_STEP_SIGNAL_MASK)
        return callback * 2 - 1;
    if (command->callback.function && step->kind == FX_STEP_CLOSE_OTHERS)
        return callback * 2 + 1;
    return fx_step_table[step->kind].place[command->order] * 2U;
}

static void sort(struct fx_plan_step *steps, size_t count, const fx_command *command) {
    for (size_t i = 1; i < count; i++) {
        struct fx_plan_step step = steps[i];
        size_t at = i;
        for (; at > 0 && place_of(&steps[at - 1], command) > place_of(&step, command); at--)
            steps[at] = steps[at - 1];
        steps[at] = step;
    }
}

void fx_plan_steps(struct fx_block *block, const fx_command *command, struct fx_plan *plan) {
    /* At most one of each kind, but for the explicit closes and the restored signals. */
    size_t room = (size_t)FX_STEP_COUNT + command->close_count;
    struct builder builder = {.steps = fx_block_take(block, room, sizeof *builder.steps)};
    add_all(&builder, block, command, plan);
    if (builder.steps)
        sort(builder.steps, builder.count, command);
    plan->steps = builder.steps;
    plan->step_count = builder.steps ? builder.count : 0;
}
