/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "command.h"

int fx_command_copy(const fx_command *given, fx_command *command, fx_error *error) {
    if (!given)
        return fx_error_command(error, -EINVAL, "command", "is NULL");
    if (given->size < offsetof(fx_command, program) + sizeof given->program)
        return fx_error_command(error, -EINVAL, "size", "must be sizeof(fx_command)");

    size_t known = given->size < sizeof *command ? given->size : sizeof *command;
    memset(command, 0, sizeof *command);
    memcpy(command, given, known);
    command->size = sizeof *command;

    /* A newer caller is fine as long as it asks for nothing new. */
    const unsigned char *bytes = (const void *)given;
    for (size_t i = sizeof *command; i < given->size; i++)
        if (bytes[i] != 0)
            return fx_error_command(error, -E2BIG, "size",
                                    "a field is set that this version (%s) does not know",
                                    fx_version());
    return 0;
}

bool fx_command_has_attributes(const fx_command *command) {
    /* Padding that is not zero only leads the long way round. */
    enum { FIRST = offsetof(fx_command, limits), SIZE = sizeof *command - FIRST };
    const unsigned char *bytes = (const unsigned char *)command + FIRST;
    return bytes[0] != 0 || memcmp(bytes, bytes + 1, SIZE - 1) != 0;
}
