/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "steps.h"

void fx_add_directory(struct fx_builder *builder) {
    const fx_command *command = builder->command;
    if (command->directory)
        fx_add(builder, (struct fx_plan_step){
                            .kind = FX_STEP_CHDIR, .index = -1, .path = builder->plan->directory});
    if (command->directory_fd.set)
        fx_add_number(builder, FX_STEP_FCHDIR, command->directory_fd.value);
}

void fx_print_chroot(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                     char *text, size_t size) {
    (void)plan;
    (void)index;
    (void)snprintf(text, size, "%ld", step ? step->number : -1L);
}
