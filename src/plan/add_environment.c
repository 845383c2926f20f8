/* SPDX-License-Identifier: MIT */
#include "steps.h"

void fx_add_environment(struct fx_builder *builder) {
    const char *names[FX_PID_VARIABLES];
    size_t count = fx_pid_variables(builder->command, names);
    for (size_t i = 0; i < count; i++)
        fx_add(builder, (struct fx_plan_step){.kind = FX_STEP_PID_VARIABLE,
                                              .index = (int)i,
                                              .number = (long)i,
                                              .path = fx_block_string(builder->block, names[i])});
}
