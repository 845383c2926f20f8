/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "command.h"
#include "platform/platform.h"

static int check_root(const fx_command *command, fx_error *error) {
    if (!command->chroot_fd.set)
        return 0;
    if (command->chroot)
        return fx_error_command(error, -EINVAL, "chroot_fd", "excludes chroot");
    return fx_check_open(command->chroot_fd.value, "chroot_fd", error);
}

int fx_check_directory(const fx_command *command, fx_error *error) {
    bool changes_root = command->chroot || command->chroot_fd.set;
    if ((unsigned int)command->directory_when > FX_DIRECTORY_FIRST)
        return fx_error_command(error, -EINVAL, "directory_when", "%d is no fx_directory_when",
                                command->directory_when);
    if (command->directory_fd.set && command->directory)
        return fx_error_command(error, -EINVAL, "directory_fd", "excludes directory");
    /* Wherever it lies, and it can be moved later: who is in a directory outside is outside. */
    if (command->directory_fd.set && changes_root && command->directory_when != FX_DIRECTORY_FIRST)
        return fx_error_command(error, -EINVAL, "directory_fd",
                                "entered after the change of root, it would be a way out of there");
    int result = check_root(command, error);
    if (result == 0 && command->directory_fd.set)
        result = fx_check_open(command->directory_fd.value, "directory_fd", error);
    return result;
}
