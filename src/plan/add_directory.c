/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "steps.h"

static void add_root(struct fx_builder *builder) {
    const fx_command *command = builder->command;
    struct fx_plan_step step = {.kind = FX_STEP_CHROOT, .index = -1};
    if (command->chroot)
        step.path = fx_block_string(builder->block, command->chroot);
    else
        step.held = fx_hold(builder, FX_STEP_CHROOT, -1, command->chroot_fd.value, NULL, 0);
    fx_add(builder, step);
}

void fx_add_directory(struct fx_builder *builder) {
    const fx_command *command = builder->command;
    if (command->chroot || command->chroot_fd.set)
        add_root(builder);
    if (command->directory)
        fx_add(builder, (struct fx_plan_step){
                            .kind = FX_STEP_CHDIR, .index = -1, .path = builder->plan->directory});
    if (command->directory_fd.set)
        fx_add_number(builder, FX_STEP_FCHDIR, command->directory_fd.value);
}

void fx_print_chroot(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                     char *text, size_t size) {
    if (step && step->path)
        fx_print_path(plan, step, index, text, size);
    else
        fx_print_held(plan, step, index, text, size);
}
