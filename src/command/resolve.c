/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "command.h"
#include "platform/platform.h"

int fx_command_resolve(fx_command *command, struct fx_resolved *resolved, fx_error *error) {
    if (!fx_command_has_attributes(command))
        return 0;
    int result = fx_resolve_listen(command, resolved, error);
    return result < 0 ? result : fx_resolve_identity(command, resolved, error);
}

void fx_resolved_free(struct fx_resolved *resolved) {
    while (resolved->count > 0)
        free(resolved->memory[--resolved->count]);
}
