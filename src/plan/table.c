/* SPDX-License-Identifier: MIT
 *
 * The table of steps. Messages, the order of a plan and its documentation read it; the
 * child's own table (src/child/run.c) has a function for each row with a place.
 *
 * The standard order, and why:
 *   session before the process group, which setpgid refuses to a session leader;
 *   descriptors while the parent's numbers still mean what the caller meant;
 *   groups, then gid, then uid: each needs the privilege that the next gives up;
 *   directory after identity: the new user must be allowed to enter it;
 *   handlers reset before the mask is restored: a handler of the parent's must not run here;
 *   the mask last of all: until then no signal can stop or kill a child that the parent
 *   sleeps for.
 * The second place is CPython's order, which its callers and tests can observe.
 */
#include <stdio.h>

#include "plan.h"

static void print_nothing(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                          char *text, size_t size) {
    (void)plan;
    (void)step;
    (void)index;
    (void)snprintf(text, size, "%s", "");
}

static void print_number(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                         char *text, size_t size) {
    (void)plan;
    (void)index;
    (void)snprintf(text, size, "%ld", step ? step->number : -1L);
}

static void print_octal(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                        char *text, size_t size) {
    (void)plan;
    (void)index;
    (void)snprintf(text, size, "0%lo", step ? (unsigned long)step->number : 0UL);
}

static void print_path(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                       char *text, size_t size) {
    (void)plan;
    (void)index;
    (void)snprintf(text, size, "\"%s\"", step && step->path ? step->path : "");
}

static void print_setpgid(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                          char *text, size_t size) {
    (void)plan;
    (void)index;
    (void)snprintf(text, size, "0, %ld", step ? step->number : -1L);
}

static void print_groups(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                         char *text, size_t size) {
    (void)plan;
    (void)index;
    (void)snprintf(text, size, "%ld groups", step ? step->number : -1L);
}

static void print_entry(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                        char *text, size_t size) {
    (void)step;
    for (size_t i = 0; i < plan->entry_count; i++) {
        const struct fx_entry *entry = &plan->entries[i];
        if (entry->child != index)
            continue;
        if (entry->kind == FX_SOURCE_PIPE)
            (void)snprintf(text, size, "pipe, %d", index);
        else if (entry->kind == FX_SOURCE_NULL)
            (void)snprintf(text, size, "/dev/null, %d", index);
        else
            (void)snprintf(text, size, "%d, %d", entry->source, index);
        return;
    }
    (void)snprintf(text, size, "%d", index);
}

static void print_callback(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                           char *text, size_t size) {
    (void)step;
    (void)index;
    (void)snprintf(text, size, "%p", plan->callback.argument);
}

static void print_exec(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                       char *text, size_t size) {
    (void)step;
    (void)index;
    (void)snprintf(text, size, "\"%s\"", plan->program);
}

const struct fx_step_row fx_step_table[FX_STEP_COUNT] = {
    [FX_STEP_NONE] = {"none", "parent", {0, 0}, print_nothing},
    [FX_STEP_COMMAND] = {"command", "parent", {0, 0}, print_nothing},
    [FX_STEP_ALLOCATE] = {"malloc", "parent", {0, 0}, print_nothing},
    [FX_STEP_PIPE] = {"pipe", "parent", {0, 0}, print_nothing},
    [FX_STEP_OPEN] = {"open", "parent", {0, 0}, print_nothing},
    [FX_STEP_CLONE] = {"clone", "parent", {0, 0}, print_nothing},
    [FX_STEP_SETSID] = {"setsid", "session", {10, 40}, print_nothing},
    [FX_STEP_SETPGID] = {"setpgid", "session", {11, 41}, print_setpgid},
    [FX_STEP_UMASK] = {"umask", "limits", {20, 21}, print_octal},
    [FX_STEP_DESCRIPTOR] = {"dup2", "descriptors", {30, 10}, print_entry},
    [FX_STEP_CLOSE] = {"close", "descriptors", {31, 11}, print_number},
    [FX_STEP_CLOSE_OTHERS] = {"close_range", "descriptors", {32, 70}, print_nothing},
    [FX_STEP_SETGROUPS] = {"setgroups", "identity", {40, 50}, print_groups},
    [FX_STEP_SETGID] = {"setresgid", "identity", {41, 51}, print_number},
    [FX_STEP_SETUID] = {"setresuid", "identity", {42, 52}, print_number},
    [FX_STEP_CHDIR] = {"chdir", "directory", {50, 20}, print_path},
    [FX_STEP_FCHDIR] = {"fchdir", "directory", {50, 20}, print_number},
    [FX_STEP_RESET_HANDLERS] = {"sigaction", "signals", {60, 75}, print_nothing},
    [FX_STEP_DEFAULT_SIGNALS] = {"sigaction", "signals", {61, 30}, print_number},
    [FX_STEP_CALLBACK] = {"callback", "callback", {70, 60}, print_callback},
    [FX_STEP_SIGNAL_MASK] = {"sigprocmask", "signals", {80, 80}, print_nothing},
    [FX_STEP_EXEC] = {"exec", "exec", {90, 90}, print_exec},
};

const char *fx_step_name(fx_step step) {
    return (unsigned int)step < FX_STEP_COUNT ? fx_step_table[step].name : "unknown";
}

int fx_plan_error(const struct fx_plan *plan, fx_step kind, int index, int code, fx_error *error) {
    const struct fx_plan_step *found = NULL;
    for (size_t i = 0; i < plan->step_count; i++)
        if (plan->steps[i].kind == kind && (plan->steps[i].index == index || !found))
            found = &plan->steps[i];
    (void)fx_error_set(error, code, kind, index, "%s", "");
    fx_step_table[kind].print(plan, found, index, error->subject, sizeof error->subject);
    return code;
}
