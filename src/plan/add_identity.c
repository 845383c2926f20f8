/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "steps.h"

void fx_add_identity(struct fx_builder *builder) {
    const fx_command *command = builder->command;
    const fx_groups *groups = &command->groups;
    if (groups->set)
        fx_add(builder,
               (struct fx_plan_step){.kind = FX_STEP_SETGROUPS,
                                     .index = -1,
                                     .number = (long)groups->count,
                                     .data = fx_copy_list(builder, groups->list, groups->count,
                                                          sizeof *groups->list)});
    if (command->group.set)
        fx_add_number(builder, FX_STEP_SETGID, (long)command->group.value);
    if (command->user.set)
        fx_add_number(builder, FX_STEP_SETUID, (long)command->user.value);
}

void fx_print_groups(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                     char *text, size_t size) {
    (void)plan;
    (void)index;
    (void)snprintf(text, size, "%ld groups", step ? step->number : -1L);
}

void fx_print_capabilities(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                           char *text, size_t size) {
    (void)plan;
    (void)index;
    (void)snprintf(text, size, "%ld", step ? step->number : -1L);
}

void fx_print_securebits(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                         char *text, size_t size) {
    (void)plan;
    (void)index;
    (void)snprintf(text, size, "%ld", step ? step->number : -1L);
}
