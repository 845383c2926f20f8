/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "command.h"
#include "platform/platform.h"

int fx_check_session(const fx_command *command, fx_error *error) {
    if (!command->process_group.set)
        return 0;
    if (command->process_group.value < 0)
        return fx_error_command(error, -EINVAL, "process_group", "%d is negative",
                                command->process_group.value);
    /* setsid has made a group already; setpgid on a session leader is always EPERM. */
    if (command->new_session && command->order == FX_ORDER_STANDARD)
        return fx_error_command(error, -EINVAL, "process_group",
                                "excludes new_session, which makes a group of its own");
    return 0;
}
