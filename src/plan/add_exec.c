/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>

#include "platform/platform.h"
#include "platform/sorted.h"
#include "steps.h"

static bool is_listed(const int *list, size_t count, int fd) {
    for (size_t i = 0; i < count; i++)
        if (list[i] == fd)
            return true;
    return false;
}

/* The child's number of a descriptor of ours that stays open in the program, or -1. */
static int number_in_program(const struct fx_builder *builder, int fd) {
    const fx_command *command = builder->command;
    const struct fx_plan *plan = builder->plan;
    for (size_t i = 0; i < plan->entry_count; i++)
        if (plan->entries[i].kind == FX_SOURCE_DESCRIPTOR && plan->entries[i].source == fd)
            return plan->entries[i].child;
    bool stays =
        command->inherit_others || is_listed(command->exempt, command->exempt_count, fd) || fd < 3;
    if (!stays || fx_sorted_has(plan->targets, plan->entry_count, fd) ||
        is_listed(command->close, command->close_count, fd) || fx_sys_descriptor_flags(fd) != 0)
        return -1;
    return fd;
}

/*
 * The interpreter of a script opens it once more, as /dev/fd/NUMBER: the kernel refuses a
 * close-on-exec descriptor of one, with ENOENT.
 */
static long number_of_script(struct fx_builder *builder, int fd) {
    /* While the block is measured there is no map to look at. */
    if (!builder->steps || !fx_program_is_script(fd))
        return -1;
    int number = number_in_program(builder, fd);
    if (number < 0 && builder->result == 0)
        builder->result = fx_error_command(
            builder->error, -ENOEXEC, "program_fd",
            "descriptor %d is a script, which its interpreter has to open in the program: it must "
            "be in keep or the map",
            fd);
    return number;
}

static void add_execution(struct fx_builder *builder) {
    const fx_number *program = &builder->command->program_fd;
    struct fx_plan_step step = {.kind = FX_STEP_EXEC, .index = -1, .number = -1};
    if (program->set) {
        step.number = number_of_script(builder, program->value);
        step.held = fx_hold(builder, FX_STEP_EXEC, -1, program->value, NULL, 0);
        builder->plan->program_fd = step.held;
    }
    builder->plan->busy_timeout = builder->command->busy_timeout;
    builder->plan->shell_fallback = builder->command->shell_fallback;
    fx_add(builder, step);
}

void fx_add_exec(struct fx_builder *builder) {
    const fx_command *command = builder->command;
    if (command->callback.function)
        fx_add_number(builder, FX_STEP_CALLBACK, 0);
    if (command->traced)
        fx_add_number(builder, FX_STEP_TRACED, 0);
    if (command->gate.set) {
        int held = fx_hold(builder, FX_STEP_GATE, -1, command->gate.value, NULL, 0);
        fx_add(builder, (struct fx_plan_step){.kind = FX_STEP_GATE, .index = -1, .held = held});
        builder->plan->has_gate = true;
    }
    add_execution(builder);
}

void fx_print_callback(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                       char *text, size_t size) {
    (void)step;
    (void)index;
    (void)snprintf(text, size, "%p", plan->callback.argument);
}

void fx_print_exec(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                   char *text, size_t size) {
    (void)step;
    (void)index;
    if (plan->program_fd >= 0)
        (void)snprintf(text, size, "descriptor %d", plan->held[plan->program_fd].descriptor);
    else
        (void)snprintf(text, size, "\"%s\"", plan->program);
}
