/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <unistd.h>

#include "command.h"
#include "platform/platform.h"

static int check_group(const fx_command *command, fx_error *error) {
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

static int check_terminal(const char *field, const fx_number *terminal, fx_error *error) {
    if (!terminal->set)
        return 0;
    int result = fx_check_open(terminal->value, field, error);
    if (result == 0 && !isatty(terminal->value))
        result = fx_error_command(error, -ENOTTY, field, "descriptor %d is not a terminal",
                                  terminal->value);
    return result;
}

int fx_check_session(const fx_command *command, fx_error *error) {
    int result = check_group(command, error);
    /* Only the leader of a session that has none gets one. */
    if (result == 0 && command->controlling_terminal.set && !command->new_session)
        result = fx_error_command(error, -EINVAL, "controlling_terminal",
                                  "needs new_session, which has none yet");
    if (result == 0)
        result = check_terminal("controlling_terminal", &command->controlling_terminal, error);
    if (result == 0)
        result = check_terminal("foreground", &command->foreground, error);
    return result;
}
