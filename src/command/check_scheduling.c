/* SPDX-License-Identifier: MIT */
#include "command.h"
#include "platform/platform.h"

int fx_check_scheduling(const fx_command *command, fx_error *error) {
    (void)command;
    (void)error;
    return 0;
}
