/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "steps.h"

static void add_terminal(struct fx_builder *builder, fx_step kind, const fx_number *terminal) {
    if (!terminal->set)
        return;
    int held = fx_hold(builder, kind, -1, terminal->value, NULL, 0);
    fx_add(builder, (struct fx_plan_step){.kind = kind, .index = -1, .held = held});
}

void fx_add_session(struct fx_builder *builder) {
    const fx_command *command = builder->command;
    if (command->new_session)
        fx_add_number(builder, FX_STEP_SETSID, 0);
    if (command->process_group.set)
        fx_add_number(builder, FX_STEP_SETPGID, command->process_group.value);
    add_terminal(builder, FX_STEP_TERMINAL, &command->controlling_terminal);
    add_terminal(builder, FX_STEP_FOREGROUND, &command->foreground);
}

void fx_print_setpgid(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                      char *text, size_t size) {
    (void)plan;
    (void)index;
    (void)snprintf(text, size, "0, %ld", step ? step->number : -1L);
}

void fx_print_terminal(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                       char *text, size_t size) {
    char number[24];
    fx_print_held(plan, step, index, number, sizeof number);
    (void)snprintf(text, size, "%s, TIOCSCTTY", number);
}
