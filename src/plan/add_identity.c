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
    if (command->dumpable.set)
        fx_add_number(builder, FX_STEP_DUMPABLE, command->dumpable.value);
    fx_add_capabilities(builder);
}

void fx_print_groups(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                     char *text, size_t size) {
    const gid_t *list = step ? step->data : NULL;
    size_t used = 0, count = step ? (size_t)step->number : 0;
    (void)plan;
    (void)index;
    (void)snprintf(text, size, "%s", "none");
    for (size_t i = 0; i < count && used < size; i++) {
        int length =
            snprintf(text + used, size - used, "%s%lu", i ? ", " : "", (unsigned long)list[i]);
        used += length > 0 ? (size_t)length : 0;
    }
}

void fx_print_dumpable(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                       char *text, size_t size) {
    (void)plan;
    (void)index;
    (void)snprintf(text, size, "PR_SET_DUMPABLE, %ld", step ? step->number : -1L);
}
