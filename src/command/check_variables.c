/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "command.h"
#include "platform/platform.h"

static int check_pid_variable(const fx_command *command, fx_error *error) {
    const char *name = command->pid_variable;
    if (!name)
        return 0;
    if (*name == '\0' || strchr(name, '='))
        return fx_error_command(error, -EINVAL, "pid_variable", "\"%s\" is not a variable's name",
                                name);
    for (const char *const *entry = command->environment_set; entry && *entry; entry++)
        if (fx_variable_is(*entry, name))
            return fx_error_command(error, -EINVAL, "pid_variable",
                                    "\"%s\" has a value already, in environment_set or by listen",
                                    name);
    return 0;
}

int fx_check_variables(const fx_command *command, fx_error *error) {
    for (const char *const *entry = command->environment_set; entry && *entry; entry++)
        if (**entry == '=' || !strchr(*entry, '='))
            return fx_error_command(error, -EINVAL, "environment_set",
                                    "\"%s\" is not of the form NAME=value", *entry);
    for (const char *const *name = command->environment_unset; name && *name; name++)
        if (**name == '\0' || strchr(*name, '='))
            return fx_error_command(error, -EINVAL, "environment_unset",
                                    "\"%s\" is not a variable's name", *name);
    return check_pid_variable(command, error);
}
