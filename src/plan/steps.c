/* SPDX-License-Identifier: MIT */
#include "steps.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>

#include "platform/platform.h"
#include "platform/sorted.h"

/* ---- building ---- */

static void lack(struct fx_builder *builder, struct fx_plan_step *step, int code) {
    const struct fx_step_row *row = &fx_step_table[step->kind];
    step->lacking = code;
    if (!step->best_effort && builder->result == 0)
        builder->result = fx_error_command(builder->error, code, row->key,
                                           "this system cannot do it: it needs %s", row->needs);
}

/* The mask is one, but it is the caller's to set at the end: the steps are done with all blocked.
 */
static bool is_attribute(fx_step kind) {
    return kind != FX_STEP_DESCRIPTOR && kind != FX_STEP_CLOSE && kind != FX_STEP_CLOSE_OTHERS &&
           kind != FX_STEP_RESET_HANDLERS && kind != FX_STEP_SIGNAL_MASK && kind != FX_STEP_EXEC;
}

void fx_add(struct fx_builder *builder, struct fx_plan_step step) {
    if (builder->block->only_attributes && !is_attribute(step.kind))
        return;
    step.best_effort = (builder->best_effort >> step.kind & 1) != 0;
    if (fx_step_table[step.kind].needs) {
        int code = fx_platform_lacks(step.kind);
        if (code < 0)
            lack(builder, &step, code);
    }
    if (builder->steps)
        builder->steps[builder->count] = step;
    builder->count++;
}

void fx_add_number(struct fx_builder *builder, fx_step kind, long number) {
    fx_add(builder, (struct fx_plan_step){.kind = kind, .index = -1, .number = number});
}

int fx_hold(struct fx_builder *builder, fx_step kind, int index, int descriptor, const char *path,
            int flags) {
    if (path)
        path = fx_block_string(builder->block, path);
    if (builder->held)
        builder->held[builder->held_count] = (struct fx_held){
            .step = kind, .index = index, .descriptor = descriptor, .path = path, .flags = flags};
    return (int)builder->held_count++;
}

const void *fx_copy_list(struct fx_builder *builder, const void *list, size_t count, size_t size) {
    void *copy = fx_block_take(builder->block, count, size);
    if (copy && count)
        memcpy(copy, list, count * size);
    return copy;
}

/* ---- descriptors ---- */

void fx_add_descriptors(struct fx_builder *builder) {
    const fx_command *command = builder->command;
    const struct fx_plan *plan = builder->plan;
    if (plan->entry_count)
        fx_add_number(builder, FX_STEP_DESCRIPTOR, 0);
    for (size_t i = 0; i < command->close_count; i++) {
        int fd = command->close[i];
        bool is_target = fx_sorted_has(plan->targets, plan->entry_count, fd);
        /* The closing of all others takes it too, unless it is a standard stream. */
        if (!is_target && (command->inherit_others || fd < 3))
            fx_add(builder,
                   (struct fx_plan_step){.kind = FX_STEP_CLOSE, .index = (int)i, .number = fd});
    }
    if (!command->inherit_others)
        fx_add_number(builder, FX_STEP_CLOSE_OTHERS, 0);
}

/* ---- all of them, in order ---- */

static void add_all(struct fx_builder *builder) {
    static fx_add_family *const plain[] = {
        fx_add_session,   fx_add_limits,  fx_add_descriptors, fx_add_identity,
        fx_add_directory, fx_add_signals, fx_add_exec,
    };
    static fx_add_family *const all[] = {
        fx_add_session,     fx_add_scheduling, fx_add_limits,      fx_add_namespaces,
        fx_add_descriptors, fx_add_identity,   fx_add_directory,   fx_add_confinement,
        fx_add_death,       fx_add_signals,    fx_add_environment, fx_add_exec,
    };
    bool attributes = fx_command_has_attributes(builder->command);
    fx_add_family *const *families = attributes ? all : plain;
    size_t count = attributes ? sizeof all / sizeof all[0] : sizeof plain / sizeof plain[0];
    for (size_t i = 0; i < count; i++)
        families[i](builder);
}

/* A directory is entered early or late, whatever kind of step that is. */
static unsigned int place_of_directory(const fx_command *command) {
    static const unsigned char places[2][3] = {
        [FX_ORDER_STANDARD] = {[FX_DIRECTORY_LAST] = 50,
                               [FX_DIRECTORY_BEFORE_IDENTITY] = 39,
                               [FX_DIRECTORY_FIRST] = 25},
        [FX_ORDER_CPYTHON] = {[FX_DIRECTORY_LAST] = 70,
                              [FX_DIRECTORY_BEFORE_IDENTITY] = 58,
                              [FX_DIRECTORY_FIRST] = 20},
    };
    return places[command->order][command->directory_when];
}

/*
 * A callback runs with the program's mask, and what it opens is closed like the rest: the mask
 * comes just before it, and the closing just after. The limit of open files, which may be lower
 * than a number of the map, comes after that.
 */
static unsigned int place_of(const struct fx_plan_step *step, const fx_command *command) {
    unsigned int callback = fx_step_table[FX_STEP_CALLBACK].place[command->order];
    if (command->callback.function && step->kind == FX_STEP_SIGNAL_MASK)
        return callback * 2 - 1;
    if (command->callback.function && step->kind == FX_STEP_CLOSE_OTHERS)
        return callback * 2 + 1;
    if (step->kind == FX_STEP_CHDIR || step->kind == FX_STEP_FCHDIR)
        return place_of_directory(command) * 2;
    /* Taken back when it has served. */
    if (step->kind == FX_STEP_KEEP_CAPABILITIES && step->number == 0)
        return fx_step_table[FX_STEP_CAPABILITIES].place[command->order] * 2U + 1;
    if (step->kind == FX_STEP_LIMIT && step->number == RLIMIT_NOFILE)
        return fx_step_table[FX_STEP_BOUNDING].place[command->order] * 2U - 1;
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

static unsigned long long best_effort_of(const fx_command *command) {
    unsigned long long kinds = 0;
    for (size_t i = 0; i < command->best_effort_count; i++)
        kinds |= 1ULL << command->best_effort[i];
    return kinds;
}

/* At most one of each kind, one that is taken back, and those that come in lists. */
static size_t most_steps(const fx_command *command) {
    return (size_t)FX_STEP_COUNT + 1 + command->close_count + command->limit_count +
           command->namespace_count + command->default_signals.count +
           command->ignored_signals.count;
}

/* One for each attribute that can be a descriptor, and the namespaces. */
static size_t most_held(const fx_command *command) {
    enum { SINGLE = 8 };
    return SINGLE + command->namespace_count;
}

int fx_plan_steps(struct fx_block *block, const fx_command *command, struct fx_plan *plan,
                  fx_error *error) {
    struct fx_builder builder = {
        .block = block,
        .command = command,
        .plan = plan,
        .best_effort = best_effort_of(command),
        .error = error,
    };
    builder.steps = fx_block_take(block, most_steps(command), sizeof *builder.steps);
    builder.held = fx_block_take(block, most_held(command), sizeof *builder.held);
    add_all(&builder);
    if (builder.result < 0)
        return builder.result;
    if (builder.steps)
        sort(builder.steps, builder.count, command);
    plan->steps = builder.steps;
    plan->step_count = builder.steps ? builder.count : 0;
    plan->held = builder.held;
    plan->held_count = builder.held ? builder.held_count : 0;
    return 0;
}
