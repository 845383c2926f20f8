/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "command.h"
#include "platform/platform.h"

int fx_check_directory(const fx_command *command, fx_error *error) {
    if ((unsigned int)command->directory_when > FX_DIRECTORY_FIRST)
        return fx_error_command(error, -EINVAL, "directory_when", "%d is no fx_directory_when",
                                command->directory_when);
    if (!command->directory_fd.set)
        return 0;
    if (command->directory)
        return fx_error_command(error, -EINVAL, "directory_fd", "excludes directory");
    return fx_check_open(command->directory_fd.value, "directory_fd", error);
}
