/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "steps.h"

void fx_add_session(struct fx_builder *builder) {
    const fx_command *command = builder->command;
    if (command->new_session)
        fx_add_number(builder, FX_STEP_SETSID, 0);
    if (command->process_group.set)
        fx_add_number(builder, FX_STEP_SETPGID, command->process_group.value);
}

void fx_print_setpgid(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                      char *text, size_t size) {
    (void)plan;
    (void)index;
    (void)snprintf(text, size, "0, %ld", step ? step->number : -1L);
}
