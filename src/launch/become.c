/* SPDX-License-Identifier: MIT */
#include "command/command.h"
#include "launch.h"

static int become(const fx_command *given, fx_error *error) {
    _Alignas(max_align_t) unsigned char memory[8 * 1024];
    const struct fx_block room = {.base = memory, .size = sizeof memory, .borrows = true};
    struct fx_launch launch;
    fx_command command;
    fx_plan *plan;
    int result = fx_command_copy(given, &command, error);
    if (result < 0)
        return result;
    /* There is no memory to be shared, and no table of descriptors. */
    command.mechanism = FX_MECHANISM_FORK;
    result = fx_compile_into(&command, room, &plan, error);
    if (result < 0)
        return result;
    result = fx_check_here(&command, error);
    if (result == 0) {
        fx_launch_begin(&launch, plan);
        result = fx_launch_here(&launch, error);
    }
    if ((unsigned char *)plan != memory)
        fx_plan_free(plan);
    return result;
}

int fx_exec(const fx_command *command, fx_error *error) {
    fx_error failure;
    fx_error_clear(&failure);
    int result = become(command, &failure);
    fx_error_copy_out(&failure, error);
    return result;
}
