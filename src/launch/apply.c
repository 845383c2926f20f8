/* SPDX-License-Identifier: MIT
 *
 * The attributes of a command without its program. What says how a child is made, as the mechanism
 * and what is closed in it, is passed over; what would have to take effect in a program that is
 * not started here is refused.
 */
#include <errno.h>
#include <string.h>

#include "command/command.h"
#include "launch.h"

static int check_meaning(const fx_command *command, fx_error *error) {
    const struct {
        const char *field;
        bool is_set;
    } meaningless[] = {
        {"environment", command->environment != NULL},
        {"environment_set", command->environment_set != NULL},
        {"environment_unset", command->environment_unset != NULL},
        {"environment_clean", command->environment_clean},
        {"pid_variable", command->pid_variable != NULL},
        {"listen", command->listen_count > 0},
        {"program_fd", command->program_fd.set},
        {"busy_timeout", command->busy_timeout > 0},
        {"shell_fallback", command->shell_fallback},
        {"stdio[0]", command->stdio[0].kind != FX_STDIO_INHERIT},
        {"stdio[1]", command->stdio[1].kind != FX_STDIO_INHERIT},
        {"stdio[2]", command->stdio[2].kind != FX_STDIO_INHERIT},
        {"map", command->map_count > 0},
        {"keep", command->keep_count > 0},
        {"close", command->close_count > 0},
        {"callback", command->callback.function != NULL},
    };
    for (size_t i = 0; i < sizeof meaningless / sizeof meaningless[0]; i++)
        if (meaningless[i].is_set)
            return fx_error_command(error, -ENOTSUP, meaningless[i].field,
                                    "has no meaning where no program is started");
    return 0;
}

static char *const nothing[] = {NULL};
static char name[] = "fx_apply";
static char *const some_arguments[] = {name, NULL};
static const char *const no_search[] = {name, NULL};

/* What the compiler wants, so that it has nothing to look up or to copy for it. */
static void leave_attributes(fx_command *command) {
    command->program = NULL;
    command->argv = some_arguments;
    command->candidates = no_search;
    command->environment = nothing;
    command->exempt_count = 0;
    command->inherit_others = true;
    command->keep_ignored_signals = true;
    command->mechanism = FX_MECHANISM_FORK;
    memset(&command->reporter, 0, sizeof command->reporter);
}

static int apply(const fx_command *given, struct fx_skips *skips, fx_error *error) {
    fx_command command;
    int result = fx_command_copy(given, &command, error);
    if (result == 0)
        result = check_meaning(&command, error);
    if (result < 0)
        return result;
    leave_attributes(&command);
    return fx_do_here(&command, true, skips, error);
}

int fx_apply(const fx_command *command, fx_skipped *skipped, size_t *skipped_count,
             fx_error *error) {
    int saved = errno;
    fx_error failure;
    struct fx_skips skips = {.count = 0};
    fx_error_clear(&failure);
    int result = apply(command, &skips, &failure);
    if (skipped && skips.count > 0)
        memcpy(skipped, skips.list,
               (skips.count < FX_SKIPPED_MAX ? skips.count : FX_SKIPPED_MAX) * sizeof *skipped);
    if (skipped_count)
        *skipped_count = skips.count;
    if (result < 0)
        fx_error_copy_out(&failure, error);
    else
        errno = saved;
    return result;
}
