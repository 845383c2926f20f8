/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "platform/containment.h"
#include "steps.h"

/* ---- adding ---- */

/* The text to be written: what the module wants to read before the name, and the name. */
static void add_label(struct fx_builder *builder, fx_step kind, const char *before,
                      const char *label) {
    if (!label)
        return;
    size_t size = strlen(before) + strlen(label);
    char *text = fx_block_bytes(builder->block, size + 1);
    if (text)
        (void)snprintf(text, size + 1, "%s%s", before, label);
    fx_add(builder, (struct fx_plan_step){.kind = kind,
                                          .index = -1,
                                          .path = text ? text + strlen(before) : NULL,
                                          .data = text,
                                          .size = size});
}

static const void *copy_rules(struct fx_builder *builder) {
    const fx_command *command = builder->command;
    fx_landlock_path *copy = fx_block_take(builder->block, command->landlock_count, sizeof *copy);
    for (size_t i = 0; i < command->landlock_count; i++) {
        const char *path = fx_block_string(builder->block, command->landlock[i].path);
        if (copy)
            copy[i] = (fx_landlock_path){.path = path, .access = command->landlock[i].access};
    }
    return copy;
}

static void add_landlock(struct fx_builder *builder) {
    const fx_command *command = builder->command;
    struct fx_plan_step step = {.kind = FX_STEP_LANDLOCK, .index = -1};
    if (command->landlock_count) {
        step.number = fx_platform_landlock_version();
        step.data = copy_rules(builder);
        step.size = command->landlock_count;
        fx_add(builder, step);
    } else if (command->landlock_fd.set) {
        step.held = fx_hold(builder, FX_STEP_LANDLOCK, -1, command->landlock_fd.value, NULL, 0);
        fx_add(builder, step);
    }
}

static void add_seccomp(struct fx_builder *builder) {
    enum { INSTRUCTION = 8 }; /* sizeof(struct sock_filter) */
    const fx_command *command = builder->command;
    size_t count = command->seccomp_size / INSTRUCTION;
    if (count)
        fx_add(builder, (struct fx_plan_step){
                            .kind = FX_STEP_SECCOMP,
                            .index = -1,
                            .data = fx_copy_list(builder, command->seccomp, count, INSTRUCTION),
                            .size = count});
}

void fx_add_confinement(struct fx_builder *builder) {
    const fx_command *command = builder->command;
    add_label(builder, FX_STEP_APPARMOR, "exec ", command->apparmor_profile);
    add_label(builder, FX_STEP_SELINUX, "", command->selinux_context);
    if (command->no_new_privs)
        fx_add_number(builder, FX_STEP_NO_NEW_PRIVS, 0);
    add_landlock(builder);
    add_seccomp(builder);
}

/* ---- printing ---- */

static void print_rule(const fx_landlock_path *rule, char *text, size_t size) {
    size_t used = strlen(text);
    (void)snprintf(text + used, size - used, "%s%s \"%s\"", used ? ", " : "",
                   rule->access == FX_LANDLOCK_READ_WRITE ? "rw" : "ro", rule->path);
}

void fx_print_landlock(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                       char *text, size_t size) {
    const fx_landlock_path *rules = step ? step->data : NULL;
    text[0] = '\0';
    if (!rules) {
        fx_print_held(plan, step, index, text, size);
        return;
    }
    if (index >= 0)
        (void)snprintf(text, size, "\"%s\"", rules[index].path);
    for (size_t i = 0; i < step->size && index < 0; i++)
        print_rule(&rules[i], text, size);
}

void fx_print_seccomp(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                      char *text, size_t size) {
    (void)plan;
    (void)index;
    size_t count = step ? step->size : 0;
    (void)snprintf(text, size, "%zu instruction%s", count, count == 1 ? "" : "s");
}

void fx_print_no_new_privs(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                           char *text, size_t size) {
    (void)plan;
    (void)step;
    (void)index;
    (void)snprintf(text, size, "PR_SET_NO_NEW_PRIVS, 1");
}
