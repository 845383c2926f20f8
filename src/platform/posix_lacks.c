/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "platform.h"

int fx_platform_lacks(fx_step step) {
    (void)step;
    return -ENOTSUP;
}

bool fx_platform_changes_memory(const fx_command *command) {
    (void)command;
    return false;
}
