/* SPDX-License-Identifier: MIT
 *
 * Each entry for itself. That no number is given twice is seen where the map is sorted,
 * in src/plan/entries.c.
 */
#include <errno.h>

#include "command.h"
#include "platform/platform.h"

static int check_stream(const fx_command *command, int number, fx_error *error) {
    static const char *const names[3] = {"stdio[0]", "stdio[1]", "stdio[2]"};
    const fx_stdio *stream = &command->stdio[number];
    int flags;
    switch (stream->kind) {
    case FX_STDIO_INHERIT:
    case FX_STDIO_NULL:
    case FX_STDIO_PIPE:
        return 0;
    case FX_STDIO_DESCRIPTOR:
        flags = fx_sys_descriptor_flags(stream->descriptor);
        if (flags < 0)
            return fx_error_command(error, flags, names[number], "descriptor %d is not open",
                                    stream->descriptor);
        return 0;
    case FX_STDIO_STDOUT:
        if (number != 2)
            return fx_error_command(error, -EINVAL, names[number],
                                    "FX_STDIO_STDOUT is for standard error");
        if (command->stdio[1].kind == FX_STDIO_STDERR)
            return fx_error_command(error, -EINVAL, names[number],
                                    "standard output and error each go where the other goes");
        return 0;
    case FX_STDIO_STDERR:
        if (number != 1)
            return fx_error_command(error, -EINVAL, names[number],
                                    "FX_STDIO_STDERR is for standard output");
        return 0;
    }
    return fx_error_command(error, -EINVAL, names[number], "%d is no fx_stdio_kind", stream->kind);
}

static int check_map(const fx_command *command, fx_error *error) {
    for (size_t i = 0; i < command->map_count; i++) {
        const fx_map *entry = &command->map[i];
        if (entry->child < 0)
            return fx_error_command(error, -EINVAL, "map", "entry %zu: child number %d is negative",
                                    i, entry->child);
        int flags = fx_sys_descriptor_flags(entry->parent);
        if (flags < 0)
            return fx_error_command(error, flags, "map", "entry %zu: descriptor %d is not open", i,
                                    entry->parent);
    }
    return 0;
}

static int check_keep(const fx_command *command, fx_error *error) {
    for (size_t i = 0; i < command->keep_count; i++) {
        int flags = fx_sys_descriptor_flags(command->keep[i]);
        if (flags < 0)
            return fx_error_command(error, flags, "keep", "descriptor %d is not open",
                                    command->keep[i]);
    }
    return 0;
}

static int check_numbers(const char *field, const int *list, size_t count, fx_error *error) {
    for (size_t i = 0; i < count; i++)
        if (list[i] < 0)
            return fx_error_command(error, -EINVAL, field, "%d is negative", list[i]);
    return 0;
}

static int check_lists(const fx_command *command, fx_error *error) {
    const struct {
        const char *field;
        const void *list;
        size_t count;
    } lists[] = {
        {"map", command->map, command->map_count},
        {"keep", command->keep, command->keep_count},
        {"exempt", command->exempt, command->exempt_count},
        {"close", command->close, command->close_count},
    };
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        if (lists[i].count && !lists[i].list)
            return fx_error_command(error, -EINVAL, lists[i].field, "the list is NULL");
    return 0;
}

int fx_check_descriptors(const fx_command *command, fx_error *error) {
    int result = check_lists(command, error);
    for (int number = 0; number < 3 && result == 0; number++)
        result = check_stream(command, number, error);
    if (result == 0)
        result = check_map(command, error);
    if (result == 0)
        result = check_keep(command, error);
    if (result == 0)
        result = check_numbers("exempt", command->exempt, command->exempt_count, error);
    if (result == 0)
        result = check_numbers("close", command->close, command->close_count, error);
    return result;
}
