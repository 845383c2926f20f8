/* SPDX-License-Identifier: MIT
 *
 * What shows only after a plan was compiled, and before it is launched: while its block is still
 * one thread's alone.
 */
#include <stdint.h>

#include "plan.h"

void fx_plan_set_group(fx_plan *plan, pid_t group) {
    for (size_t i = 0; i < plan->step_count; i++) {
        struct fx_plan_step *step = (struct fx_plan_step *)(uintptr_t)&plan->steps[i];
        if (step->kind == FX_STEP_SETPGID)
            step->number = group;
    }
}

void fx_plan_connect(fx_plan *plan, int number, int descriptor) {
    for (size_t i = 0; i < plan->entry_count; i++) {
        struct fx_entry *entry = (struct fx_entry *)(uintptr_t)&plan->entries[i];
        if (entry->kind != FX_SOURCE_PIPE || entry->source != number)
            continue;
        entry->kind = FX_SOURCE_DESCRIPTOR;
        entry->source = descriptor;
    }
    plan->pipes[number] = false;
}
