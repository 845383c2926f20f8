/* SPDX-License-Identifier: MIT
 *
 * What a kill scope asks of the command, and of the file system.
 */
#include "scope.h"

#include <errno.h>
#include <fcntl.h>

void scope_imply(fx_command *command, fx_scope_kind kind) {
    if (kind == FX_SCOPE_SESSION)
        command->new_session = true;
    if (kind == FX_SCOPE_GROUP && !command->new_session && !command->process_group.set)
        command->process_group = (fx_number)FX_NUMBER(0);
}

int scope_open_cgroup(const fx_command *command) {
    int directory = command->cgroup_fd.set
                        ? fcntl(command->cgroup_fd.value, F_DUPFD_CLOEXEC, 3)
                        : open(command->cgroup, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return directory < 0 ? -errno : directory;
}
