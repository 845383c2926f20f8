/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>

#include "command.h"
#include "platform/signals.h"

bool fx_signals_have(const fx_signals *signals, int number) {
    for (size_t i = 0; signals->set && i < signals->count; i++)
        if (signals->list[i] == number)
            return true;
    return false;
}

static int check_list(const char *field, const fx_signals *signals, fx_error *error) {
    if (signals->count && !signals->set)
        return fx_error_command(error, -EINVAL, field, "has signals, but is not set");
    if (signals->count && !signals->list)
        return fx_error_command(error, -EINVAL, field, "the list is NULL");
    for (size_t i = 0; i < signals->count; i++)
        if (!fx_platform_has_signal(signals->list[i]))
            return fx_error_command(error, -EINVAL, field, "%d is no signal", signals->list[i]);
    return 0;
}

static int check_lists(const fx_command *command, fx_error *error) {
    const struct {
        const char *field;
        const fx_signals *signals;
    } lists[] = {
        {"default_signals", &command->default_signals},
        {"ignored_signals", &command->ignored_signals},
        {"blocked_signals", &command->blocked_signals},
        {"block_signals", &command->block_signals},
        {"unblock_signals", &command->unblock_signals},
    };
    int result = 0;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0] && result == 0; i++)
        result = check_list(lists[i].field, lists[i].signals, error);
    return result;
}

/* No signal of this list may be in the other one too. */
static int check_disjoint(const char *field, const fx_signals *signals, const char *other_field,
                          const fx_signals *other, fx_error *error) {
    for (size_t i = 0; i < signals->count; i++)
        if (fx_signals_have(other, signals->list[i]))
            return fx_error_command(error, -EINVAL, field, "signal %d is also in %s",
                                    signals->list[i], other_field);
    return 0;
}

/* What the kernel, or in a mask the C library, does not leave to programs. */
static int check_possible(const char *field, const fx_signals *signals, const char *what,
                          bool in_mask, fx_error *error) {
    sigset_t scratch;
    (void)sigemptyset(&scratch);
    for (size_t i = 0; i < signals->count; i++) {
        int number = signals->list[i];
        if (number == SIGKILL || number == SIGSTOP)
            return fx_error_command(error, -EINVAL, field, "signal %d cannot be %s", number, what);
        if (in_mask && sigaddset(&scratch, number) < 0)
            return fx_error_command(error, -EINVAL, field, "signal %d is the C library's own",
                                    number);
    }
    return 0;
}

static int check_mask(const fx_command *command, fx_error *error) {
    if (command->blocked_signals.set &&
        (command->block_signals.set || command->unblock_signals.set))
        return fx_error_command(error, -EINVAL, "blocked_signals",
                                "is the whole mask: it excludes block_signals and unblock_signals");
    int result =
        check_possible("blocked_signals", &command->blocked_signals, "blocked", true, error);
    if (result == 0)
        result = check_possible("block_signals", &command->block_signals, "blocked", true, error);
    if (result == 0)
        result = check_disjoint("unblock_signals", &command->unblock_signals, "block_signals",
                                &command->block_signals, error);
    return result;
}

int fx_check_signals(const fx_command *command, fx_error *error) {
    int result = check_lists(command, error);
    if (result == 0)
        result =
            check_possible("ignored_signals", &command->ignored_signals, "ignored", false, error);
    if (result == 0)
        result = check_disjoint("ignored_signals", &command->ignored_signals, "default_signals",
                                &command->default_signals, error);
    return result < 0 ? result : check_mask(command, error);
}
