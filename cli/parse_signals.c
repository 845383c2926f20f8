/* SPDX-License-Identifier: MIT
 *
 * Options: what signals do.
 */
#include <signal.h>

#include "value.h"

enum { SIGNALS_END = 129 };

struct target {
    struct list *list;
    fx_signals *field;
};

static void add_signal(const struct target *target, int number) {
    const int *known = target->list->data;
    for (size_t i = 0; i < target->list->count; i++)
        if (known[i] == number)
            return;
    int *added = list_add(target->list, sizeof *added);
    *added = number;
}

static int take_signal(struct request *request, const char *item, void *context) {
    int number = 0;
    int result = read_name(request, item, "a signal", fx_signal_number, &number);
    if (result == 0)
        add_signal(context, number);
    return result;
}

/* Neither can be caught, ignored or blocked. */
static void add_all_signals(const struct target *target) {
    for (int number = 1; number < SIGNALS_END; number++)
        if (number != SIGKILL && number != SIGSTOP && fx_signal_name(number))
            add_signal(target, number);
}

/* Of no value all signals are meant, as in env(1). */
static int take_signals(struct request *request, const char *value, struct list *list,
                        fx_signals *field) {
    struct target target = {list, field};
    int result = 0;
    if (value)
        result = for_each_item(request, value, take_signal, &target);
    else
        add_all_signals(&target);
    *field = (fx_signals){.set = true, .count = list->count, .list = list->data};
    return result;
}

static int parse_default_signal(struct request *request, const struct option *option,
                                const char *value) {
    (void)option;
    return take_signals(request, value, &request->default_signals,
                        &request->command.default_signals);
}

static int parse_ignore_signal(struct request *request, const struct option *option,
                               const char *value) {
    (void)option;
    return take_signals(request, value, &request->ignored_signals,
                        &request->command.ignored_signals);
}

static int parse_blocked_signals(struct request *request, const struct option *option,
                                 const char *value) {
    (void)option;
    return take_signals(request, value, &request->blocked_signals,
                        &request->command.blocked_signals);
}

static int parse_block_signal(struct request *request, const struct option *option,
                              const char *value) {
    (void)option;
    return take_signals(request, value, &request->block_signals, &request->command.block_signals);
}

static int parse_unblock_signal(struct request *request, const struct option *option,
                                const char *value) {
    (void)option;
    return take_signals(request, value, &request->unblock_signals,
                        &request->command.unblock_signals);
}

static int parse_keep_ignored_signals(struct request *request, const struct option *option,
                                      const char *value) {
    (void)option;
    (void)value;
    request->command.keep_ignored_signals = true;
    return 0;
}

#define SIGNAL_LIST                                                                                \
    .metavar = "SIG,...", .repeats = true, .list = true, .completion = COMPLETE_SIGNAL

static const struct option options[] = {
    {.name = "default-signal",
     SIGNAL_LIST,
     .optional = true,
     .fields = "default_signals",
     .help = "give signals their default action; or all",
     .more = "All are meant where no SIG is given, here as in the options below.",
     .parse = parse_default_signal},
    {.name = "ignore-signal",
     SIGNAL_LIST,
     .optional = true,
     .fields = "ignored_signals",
     .help = "ignore signals; or all that can be",
     .parse = parse_ignore_signal},
    {.name = "block-signal",
     SIGNAL_LIST,
     .optional = true,
     .fields = "block_signals",
     .help = "block signals too; or all",
     .parse = parse_block_signal},
    {.name = "unblock-signal",
     SIGNAL_LIST,
     .optional = true,
     .fields = "unblock_signals",
     .help = "do not block these signals; or none at all",
     .parse = parse_unblock_signal},
    {.name = "blocked-signals",
     SIGNAL_LIST,
     .fields = "blocked_signals",
     .help = "block these signals and no others",
     .more = "An empty list blocks none.",
     .parse = parse_blocked_signals},
    {.name = "keep-ignored-signals",
     .fields = "keep_ignored_signals",
     .help = "leave SIGPIPE and SIGXFSZ ignored if they are",
     .more = "Runtimes of languages ignore them, so that they are put back to their default "
             "action otherwise.",
     .parse = parse_keep_ignored_signals},
};

const struct family signal_family = FAMILY("Signals", options);
