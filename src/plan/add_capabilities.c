/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "platform/identity.h"
#include "steps.h"

static void add_with(struct fx_builder *builder, fx_step kind, const void *data, size_t size) {
    fx_add(builder, (struct fx_plan_step){
                        .kind = kind, .index = -1, .data = fx_copy_list(builder, data, 1, size)});
}

static void add_change(struct fx_builder *builder, bool keeps) {
    const fx_command *command = builder->command;
    struct fx_capability_change change = {
        .permitted = command->permitted_capabilities,
        .inheritable = command->inheritable_capabilities,
        .added = command->ambient_capabilities.set ? command->ambient_capabilities.bits : 0,
    };
    /* What was kept over a change of user for the sake of these is not to go any further. */
    if (keeps && !command->keep_capabilities && !change.permitted.set)
        change.permitted = (fx_capabilities){.set = true, .bits = change.added};
    bool asked = change.permitted.set || change.inheritable.set;
    if (!asked && !change.added)
        return;
    unsigned long long saved = builder->best_effort;
    /* Done for their sake only, it need not succeed either. */
    if (!command->permitted_capabilities.set && !command->inheritable_capabilities.set &&
        saved >> FX_STEP_AMBIENT & 1)
        builder->best_effort |= 1ULL << FX_STEP_CAPABILITIES;
    add_with(builder, FX_STEP_CAPABILITIES, &change, sizeof change);
    builder->best_effort = saved;
}

static void add_keeping(struct fx_builder *builder, bool keep) {
    /* The second of its kind, if there are two, is the one that takes it back. */
    fx_add(builder, (struct fx_plan_step){
                        .kind = FX_STEP_KEEP_CAPABILITIES, .index = keep ? -1 : 0, .number = keep});
}

void fx_add_capabilities(struct fx_builder *builder) {
    const fx_command *command = builder->command;
    bool keeps = fx_command_keeps_capabilities(command);
    if (command->bounding_capabilities.set)
        add_with(builder, FX_STEP_BOUNDING, &command->bounding_capabilities.bits,
                 sizeof command->bounding_capabilities.bits);
    if (command->securebits.set)
        fx_add_number(builder, FX_STEP_SECUREBITS, command->securebits.value);
    if (keeps)
        add_keeping(builder, true);
    add_change(builder, keeps);
    if (keeps && !command->keep_capabilities)
        add_keeping(builder, false);
    if (command->ambient_capabilities.set)
        add_with(builder, FX_STEP_AMBIENT, &command->ambient_capabilities.bits,
                 sizeof command->ambient_capabilities.bits);
}

/* ---- subjects ---- */

struct text {
    char *start;
    size_t size, used;
};

__attribute__((format(printf, 2, 3))) static void put(struct text *text, const char *format, ...) {
    va_list arguments;
    if (text->used >= text->size)
        return;
    va_start(arguments, format);
    int length = vsnprintf(text->start + text->used, text->size - text->used, format, arguments);
    va_end(arguments);
    text->used += length > 0 ? (size_t)length : 0;
}

static void put_capability(struct text *text, int capability) {
    const char *name = fx_capability_name(capability);
    if (name)
        put(text, "%s", name);
    else
        put(text, "%d", capability);
}

static void put_set(struct text *text, unsigned long long bits) {
    const char *separator = "";
    if (!bits)
        put(text, "none");
    for (int capability = 0; capability < 64; capability++) {
        if (!(bits >> capability & 1))
            continue;
        put(text, "%s", separator);
        put_capability(text, capability);
        separator = ",";
    }
}

static void put_change(struct text *text, const struct fx_capability_change *change) {
    const char *separator = "";
    if (change->permitted.set) {
        put(text, "permitted ");
        put_set(text, change->permitted.bits);
        separator = "; ";
    }
    if (!change->inheritable.set && !change->added)
        return;
    put(text, "%sinheritable %s", separator, change->inheritable.set ? "" : "+");
    put_set(text, change->added | (change->inheritable.set ? change->inheritable.bits : 0));
}

/* `index` says which one could not be dropped or raised. */
void fx_print_capabilities(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                           char *text, size_t size) {
    struct text subject = {.start = text, .size = size};
    (void)plan;
    (void)snprintf(text, size, "%s", "");
    if (!step || !step->data)
        return;
    if (step->kind == FX_STEP_CAPABILITIES) {
        put_change(&subject, step->data);
        return;
    }
    bool drops = step->kind == FX_STEP_BOUNDING;
    unsigned long long bits;
    memcpy(&bits, step->data, sizeof bits);
    if (index >= 0) {
        put(&subject, "%s, ", drops ? "PR_CAPBSET_DROP" : "PR_CAP_AMBIENT_RAISE");
        put_capability(&subject, index);
    } else if (drops && !bits) {
        put(&subject, "PR_CAPBSET_DROP, all");
    } else {
        put(&subject, "%s, ", drops ? "PR_CAPBSET_DROP, all but" : "PR_CAP_AMBIENT");
        put_set(&subject, bits);
    }
}

void fx_print_keep_capabilities(const struct fx_plan *plan, const struct fx_plan_step *step,
                                int index, char *text, size_t size) {
    (void)plan;
    (void)index;
    (void)snprintf(text, size, "PR_SET_KEEPCAPS, %ld", step ? step->number : -1L);
}

void fx_print_securebits(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                         char *text, size_t size) {
    static const char *const names[] = {
        "noroot",
        "noroot_locked",
        "no_setuid_fixup",
        "no_setuid_fixup_locked",
        "keep_caps",
        "keep_caps_locked",
        "no_cap_ambient_raise",
        "no_cap_ambient_raise_locked",
        "exec_restrict_file",
        "exec_restrict_file_locked",
        "exec_deny_interactive",
        "exec_deny_interactive_locked",
    };
    struct text subject = {.start = text, .size = size};
    const char *separator = ", ";
    (void)plan;
    (void)index;
    put(&subject, "PR_SET_SECUREBITS");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (!step || !(step->number >> i & 1))
            continue;
        put(&subject, "%s%s", separator, names[i]);
        separator = ",";
    }
    if (!step || !step->number)
        put(&subject, ", none");
}
