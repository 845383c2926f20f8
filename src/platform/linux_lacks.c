/* SPDX-License-Identifier: MIT */
#include <sched.h>

#include "platform.h"

int fx_platform_lacks(fx_step step) {
    (void)step;
    return 0;
}

/* A new user namespace resets dumpable, and may not be entered on shared memory at all. */
bool fx_platform_changes_memory(const fx_command *command) {
    if (command->unshare & CLONE_NEWUSER)
        return true;
    for (size_t i = 0; i < command->namespace_count; i++)
        if (command->namespaces[i].type == 0 || command->namespaces[i].type == CLONE_NEWUSER)
            return true;
    return false;
}
