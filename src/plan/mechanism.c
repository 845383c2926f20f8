/* SPDX-License-Identifier: MIT */
#include "plan.h"
#include "platform/platform.h"

fx_mechanism fx_choose_mechanism(const fx_command *command, fx_reason *reason) {
    /*
     * Ids belong to the process, but dumpable, which they reset, to the memory map; and
     * the new user may signal or stop a child on whose exec the parent's thread waits.
     */
    fx_reason obstacle = fx_command_obstacle(command);
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
