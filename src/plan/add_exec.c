/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "steps.h"

void fx_add_exec(struct fx_builder *builder) {
    if (builder->command->callback.function)
        fx_add_number(builder, FX_STEP_CALLBACK, 0);
    fx_add_number(builder, FX_STEP_EXEC, 0);
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
    (void)snprintf(text, size, "\"%s\"", plan->program);
}
