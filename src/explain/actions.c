/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "explain.h"
#include "plan/moves.h"
#include "platform/platform.h"

/* ---- the map ---- */

/* Pipes and /dev/null have no number yet; one that no caller can have stands for each. */
enum { STANDS_FOR = 1 << 30 };

static int source_of(const struct fx_entry *entry) {
    if (entry->kind == FX_SOURCE_DESCRIPTOR)
        return entry->source;
    return STANDS_FOR + (entry->kind == FX_SOURCE_PIPE ? 1 + entry->source : 0);
}

static const char *name_of(int number, char *text, size_t size) {
    static const char *const names[] = {"/dev/null", "pipe 0", "pipe 1", "pipe 2"};
    if (number >= STANDS_FOR)
        return names[number - STANDS_FOR];
    (void)snprintf(text, size, "%d", number);
    return text;
}

static void tell_move(const struct fx_move *move, fx_tell *tell, void *context) {
    char from[16], subject[64];
    const char *name = name_of(move->from, from, sizeof from);
    struct fx_action action = {.step = FX_STEP_DESCRIPTOR,
                               .call = "dup2",
                               .calls = "dup3",
                               .subject = subject,
                               .note = ""};
    switch (move->kind) {
    case FX_MOVE_DUP:
        (void)snprintf(subject, sizeof subject, "%s, %d", name, move->to);
        break;
    case FX_MOVE_INHERIT:
        action.calls = action.call = "fcntl";
        (void)snprintf(subject, sizeof subject, "%d, F_SETFD, 0", move->to);
        break;
    case FX_MOVE_LIFT:
        action.calls = action.call = "fcntl";
        (void)snprintf(subject, sizeof subject, "%s, F_DUPFD_CLOEXEC", name);
        action.note = "out of the way";
        break;
    case FX_MOVE_LOWER:
        (void)snprintf(subject, sizeof subject, "what was put out of the way, %d", move->to);
        break;
    }
    tell(context, &action);
}

static void tell_map(const struct fx_plan *plan, fx_tell *tell, void *context) {
    size_t count = plan->entry_count;
    fx_map *map = malloc(count * sizeof *map);
    struct fx_move *moves = malloc(FX_MOVES_MAX(count) * sizeof *moves);
    int *scratch = malloc(FX_MOVES_SCRATCH(count) * sizeof *scratch);
    if (map && moves && scratch) {
        for (size_t i = 0; i < count; i++)
            map[i] =
                (fx_map){.child = plan->entries[i].child, .parent = source_of(&plan->entries[i])};
        size_t made = fx_moves_plan(map, count, moves, scratch);
        for (size_t i = 0; i < made; i++)
            tell_move(&moves[i], tell, context);
    }
    free(scratch);
    free(moves);
    free(map);
}

/* ---- the other steps ---- */

static bool shares_memory(const struct fx_plan *plan) {
    return plan->mechanism == FX_MECHANISM_CLONE3 || plan->mechanism == FX_MECHANISM_CLONE;
}

/* As src/launch/table.c decides; what lies in the way at the launch may still forbid it. */
static bool shares_table(const struct fx_plan *plan) {
    return shares_memory(plan) && plan->closes_others && plan->held_count == 0 &&
           fx_platform_shares_table();
}

static void tell_own_table(fx_tell *tell, void *context) {
    const struct fx_action action = {.step = FX_STEP_CLOSE_OTHERS,
                                     .call = "close_range",
                                     .calls = "close_range",
                                     .subject = "CLOSE_RANGE_UNSHARE",
                                     .note = "a table of its own, of what it needs"};
    tell(context, &action);
}

static const char *note_on(const struct fx_plan *plan, const struct fx_plan_step *step) {
    if (step->lacking)
        return "this system cannot do it: skipped";
    if (step->kind == FX_STEP_CLOSE_OTHERS && shares_table(plan))
        return "what is left of others";
    if (*fx_calls_of(plan, step) == '\0' && step->kind != FX_STEP_CALLBACK)
        return "by the kernel, at birth";
    return "";
}

static void tell_step(const struct fx_plan *plan, const struct fx_plan_step *step, fx_tell *tell,
                      void *context) {
    const struct fx_step_row *row = &fx_step_table[step->kind];
    char subject[FX_SUBJECT_MAX];
    row->print(plan, step, step->index, subject, sizeof subject);
    const struct fx_action action = {
        .step = step->kind,
        .call = row->name,
        .calls = step->lacking ? "" : fx_calls_of(plan, step),
        .subject = subject,
        .note = note_on(plan, step),
        .best_effort = step->best_effort,
    };
    tell(context, &action);
}

void fx_explain_actions(const struct fx_plan *plan, fx_tell *tell, void *context) {
    if (shares_table(plan))
        tell_own_table(tell, context);
    for (size_t i = 0; i < plan->step_count; i++) {
        const struct fx_plan_step *step = &plan->steps[i];
        if (step->kind == FX_STEP_DESCRIPTOR)
            tell_map(plan, tell, context);
        else
            tell_step(plan, step, tell, context);
    }
}
