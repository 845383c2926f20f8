/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "plan.h"
#include "platform/helper.h"
#include "platform/platform.h"

fx_mechanism fx_choose_mechanism(const fx_command *command, fx_reason *reason) {
    /*
     * Ids belong to the process, but dumpable, which they reset, to the memory map; and
     * the new user may signal or stop a child on whose exec the parent's thread waits.
     */
    fx_reason obstacle = fx_command_obstacle(command);
    if (command->mechanism == FX_MECHANISM_HELPER)
        obstacle = FX_REASON_NONE;
    if (obstacle != FX_REASON_NONE) {
        *reason = obstacle;
        return FX_MECHANISM_FORK;
    }
    if (command->mechanism != FX_MECHANISM_AUTO) {
        *reason = FX_REASON_ASKED;
        return command->mechanism;
    }
    *reason = FX_REASON_FASTEST;
    return fx_platform_shares_memory() ? FX_MECHANISM_CLONE3 : FX_MECHANISM_FORK;
}

bool fx_may_be_helped(const fx_command *command) {
    if (command->mechanism == FX_MECHANISM_HELPER)
        return true;
    return fx_command_obstacle(command) != FX_REASON_NONE &&
           command->mechanism == FX_MECHANISM_AUTO && fx_platform_has_helper() &&
           !fx_command_helper_obstacle(command);
}

/*
 * /proc/self/fd/7, /dev/fd/7: close-on-exec descriptors are open until exec in a forked child, but
 * the helper has only those that the plan names by number.
 */
static bool names_descriptor(const char *path) { return path && strstr(path, "/fd/") != NULL; }

bool fx_plan_suits_helper(const struct fx_plan *plan) {
    for (size_t i = 0; i < plan->step_count; i++) {
        const struct fx_plan_step *step = &plan->steps[i];
        const fx_landlock_path *paths = step->kind == FX_STEP_LANDLOCK ? step->data : NULL;
        for (size_t n = 0; paths && n < step->size; n++)
            if (names_descriptor(paths[n].path))
                return false;
        if (names_descriptor(step->path))
            return false;
    }
    for (size_t i = 0; plan->candidates[i]; i++)
        if (names_descriptor(plan->candidates[i]))
            return false;
    return true;
}
