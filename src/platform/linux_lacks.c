/* SPDX-License-Identifier: MIT */
#include "linux_lacks.h"

#include <sched.h>

#include "platform.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

int fx_platform_lacks(fx_step step) {
    int code = fx_linux_lacks_containment(step);
    if (code == 0)
        code = fx_linux_lacks_identity(step);
    return code < 0 ? code : fx_linux_lacks_scheduling(step);
}

/*
 * A new user namespace resets dumpable, and may not be entered on shared memory at all. Nor may one
 * of time, whose clocks the memory map has a page of.
 */
bool fx_platform_changes_memory(const fx_command *command) {
    if (command->unshare & CLONE_NEWUSER)
        return true;
    for (size_t i = 0; i < command->namespace_count; i++)
        if (command->namespaces[i].type == 0 || command->namespaces[i].type == CLONE_NEWUSER ||
            command->namespaces[i].type == CLONE_NEWTIME)
            return true;
    return false;
}
