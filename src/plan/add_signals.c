/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdio.h>

#include "platform/signals.h"
#include "steps.h"

/* The language runtimes' ignored signals, those of CPython's restore_signals that POSIX has. */
static const int restored_signals[] = {SIGPIPE, SIGXFSZ};

static void add_signal(struct fx_builder *builder, fx_step kind, int number) {
    fx_add(builder, (struct fx_plan_step){.kind = kind, .index = number, .number = number});
}

/* Each once, and not those that are at their default action whatever one does. */
static void add_list(struct fx_builder *builder, fx_step kind, const fx_signals *signals) {
    fx_signals before = {.set = true, .list = signals->list};
    for (; before.count < signals->count; before.count++) {
        int number = signals->list[before.count];
        if (number != SIGKILL && number != SIGSTOP && !fx_signals_have(&before, number))
            add_signal(builder, kind, number);
    }
}

static void add_restored(struct fx_builder *builder) {
    const fx_command *command = builder->command;
    for (size_t i = 0; i < sizeof restored_signals / sizeof restored_signals[0]; i++) {
        int number = restored_signals[i];
        /* What the command itself says of a signal stands. */
        if (!fx_signals_have(&command->ignored_signals, number) &&
            !fx_signals_have(&command->default_signals, number))
            add_signal(builder, FX_STEP_DEFAULT_SIGNALS, number);
    }
}

static void fill(sigset_t *set, const fx_signals *signals) {
    (void)sigemptyset(set);
    for (size_t i = 0; i < signals->count; i++)
        (void)sigaddset(set, signals->list[i]);
}

static void add_mask(struct fx_builder *builder) {
    const fx_command *command = builder->command;
    bool exact = command->blocked_signals.set;
    if (exact || command->block_signals.set || command->unblock_signals.set) {
        struct fx_plan_mask mask = {.exact = exact};
        fill(&mask.block, exact ? &command->blocked_signals : &command->block_signals);
        fill(&mask.unblock, &command->unblock_signals);
        builder->plan->mask = fx_copy_list(builder, &mask, 1, sizeof mask);
    }
    fx_add_number(builder, FX_STEP_SIGNAL_MASK, 0);
}

void fx_add_signals(struct fx_builder *builder) {
    const fx_command *command = builder->command;
    /* CPython's callback finds the parent's handlers; execve resets them anyway. */
    if (!(command->callback.function && command->order == FX_ORDER_CPYTHON))
        fx_add_number(builder, FX_STEP_RESET_HANDLERS, 0);
    if (!command->keep_ignored_signals)
        add_restored(builder);
    add_list(builder, FX_STEP_DEFAULT_SIGNALS, &command->default_signals);
    add_list(builder, FX_STEP_IGNORED_SIGNALS, &command->ignored_signals);
    add_mask(builder);
}

/* ---- how they are printed ---- */

enum { NAME_SIZE = 24 };

static void name_of(int number, char *text) {
    const char *name = fx_signal_name(number);
    if (name)
        (void)snprintf(text, NAME_SIZE, "SIG%s", name);
    else
        (void)snprintf(text, NAME_SIZE, "%d", number);
}

void fx_print_signal(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                     char *text, size_t size) {
    char name[NAME_SIZE];
    (void)plan;
    name_of(step ? (int)step->number : index, name);
    const char *action = "", *option = "";
    if (step && step->kind == FX_STEP_DEATH_SIGNAL)
        option = "PR_SET_PDEATHSIG, ";
    else if (step && step->kind == FX_STEP_DEFAULT_SIGNALS)
        action = ", SIG_DFL";
    else if (step && step->kind == FX_STEP_IGNORED_SIGNALS)
        action = ", SIG_IGN";
    (void)snprintf(text, size, "%s%s%s", option, name, action);
}

/* "[SIGHUP SIGTERM]" */
static void print_set(const sigset_t *set, char *text, size_t size) {
    size_t used = (size_t)snprintf(text, size, "[");
    const char *space = "";
    for (int number = 1; number <= fx_platform_last_signal(); number++) {
        char name[NAME_SIZE];
        if (sigismember(set, number) != 1)
            continue;
        name_of(number, name);
        used += (size_t)snprintf(text + used, used < size ? size - used : 0, "%s%s", space, name);
        if (used >= size)
            return;
        space = " ";
    }
    (void)snprintf(text + used, size - used, "]");
}

void fx_print_mask(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                   char *text, size_t size) {
    char block[FX_SUBJECT_MAX], unblock[FX_SUBJECT_MAX];
    const struct fx_plan_mask *mask = plan->mask;
    (void)step;
    (void)index;
    if (!mask) {
        (void)snprintf(text, size, "%s", "");
        return;
    }
    print_set(&mask->block, block, sizeof block);
    print_set(&mask->unblock, unblock, sizeof unblock);
    if (mask->exact)
        (void)snprintf(text, size, "SIG_SETMASK, %s", block);
    else
        (void)snprintf(text, size, "SIG_BLOCK, %s, SIG_UNBLOCK, %s", block, unblock);
}
