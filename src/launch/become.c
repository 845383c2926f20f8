/* SPDX-License-Identifier: MIT */
#include "command/command.h"
#include "launch.h"

static int become(const fx_command *given, fx_error *error) {
    fx_command command;
    struct fx_skips skips;
    int result = fx_command_copy(given, &command, error);
    if (result < 0)
        return result;
    /* There is no memory to be shared, and no table of descriptors. */
    command.mechanism = FX_MECHANISM_FORK;
    return fx_do_here(&command, false, &skips, error);
}

int fx_exec(const fx_command *command, fx_error *error) {
    fx_error failure;
    fx_error_clear(&failure);
    int result = become(command, &failure);
    fx_error_copy_out(&failure, error);
    return result;
}
