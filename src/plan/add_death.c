/* SPDX-License-Identifier: MIT */
#include "platform/platform.h"
#include "steps.h"

void fx_add_death(struct fx_builder *builder) {
    int signal = builder->command->death_signal;
    if (signal == 0)
        return;
    fx_add(builder,
           (struct fx_plan_step){.kind = FX_STEP_DEATH_SIGNAL, .index = signal, .number = signal});
    if (fx_platform_lacks(FX_STEP_DEATH_SIGNAL) == 0)
        builder->plan->death_signal = signal;
    builder->plan->death_of_thread = builder->command->death_of_thread;
}
