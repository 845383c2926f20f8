/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdio.h>

#include "steps.h"

/* The language runtimes' ignored signals, those of CPython's restore_signals that POSIX has. */
static const int restored_signals[] = {SIGPIPE, SIGXFSZ};

void fx_add_signals(struct fx_builder *builder) {
    const fx_command *command = builder->command;
    /* CPython's callback finds the parent's handlers; execve resets them anyway. */
    if (!(command->callback.function && command->order == FX_ORDER_CPYTHON))
        fx_add_number(builder, FX_STEP_RESET_HANDLERS, 0);
    if (!command->keep_ignored_signals)
        for (size_t i = 0; i < sizeof restored_signals / sizeof restored_signals[0]; i++)
            fx_add(builder, (struct fx_plan_step){.kind = FX_STEP_DEFAULT_SIGNALS,
                                                  .index = restored_signals[i],
                                                  .number = restored_signals[i]});
    fx_add_number(builder, FX_STEP_SIGNAL_MASK, 0);
}

void fx_print_signal(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                     char *text, size_t size) {
    (void)plan;
    (void)index;
    (void)snprintf(text, size, "%ld", step ? step->number : -1L);
}

void fx_print_mask(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                   char *text, size_t size) {
    (void)step;
    fx_print_nothing(plan, step, index, text, size);
}
