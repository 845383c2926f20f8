/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "steps.h"

void fx_add_limits(struct fx_builder *builder) {
    const fx_command *command = builder->command;
    if (command->umask.set)
        fx_add_number(builder, FX_STEP_UMASK, command->umask.value & 0777);
}

void fx_print_limit(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                    char *text, size_t size) {
    (void)plan;
    (void)index;
    (void)snprintf(text, size, "%ld", step ? step->number : -1L);
}
