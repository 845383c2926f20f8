/* SPDX-License-Identifier: MIT
 *
 * Every pointer of a plan has its line here, or the helper would follow it into nowhere.
 */
#include "relocate.h"

#include <stdint.h>

static void *find(const struct fx_relocation *relocation, const void *pointer, size_t beyond) {
    for (size_t i = 0; i < relocation->count; i++) {
        const struct fx_moved *part = &relocation->parts[i];
        uintptr_t offset = (uintptr_t)pointer - (uintptr_t)part->from;
        if (offset < part->size + beyond)
            return part->to + offset;
    }
    return NULL;
}

void *fx_relocated(struct fx_relocation *relocation, const void *pointer) {
    if (!pointer)
        return NULL;
    void *moved = find(relocation, pointer, 0);
    /* An empty list may stand at the very end of a part, where another part begins. */
    if (!moved)
        moved = find(relocation, pointer, 1);
    relocation->failed = relocation->failed || !moved;
    return moved;
}

char *const *fx_relocated_strings(struct fx_relocation *relocation, char *const *list) {
    char **moved = fx_relocated(relocation, list);
    for (size_t i = 0; moved && moved[i]; i++)
        moved[i] = fx_relocated(relocation, moved[i]);
    return moved;
}

/* What the data of a step points to in turn. */
static void relocate_data(const struct fx_plan_step *step, struct fx_relocation *relocation) {
    if (step->kind == FX_STEP_LANDLOCK && step->data) {
        fx_landlock_path *paths = (fx_landlock_path *)(uintptr_t)step->data;
        for (size_t i = 0; i < step->size; i++)
            paths[i].path = fx_relocated(relocation, paths[i].path);
    }
}

static void relocate_steps(struct fx_plan *plan, struct fx_relocation *relocation) {
    struct fx_plan_step *steps = fx_relocated(relocation, plan->steps);
    plan->steps = steps;
    for (size_t i = 0; steps && i < plan->step_count; i++) {
        steps[i].path = fx_relocated(relocation, steps[i].path);
        steps[i].data = fx_relocated(relocation, steps[i].data);
        relocate_data(&steps[i], relocation);
    }
}

static void relocate_held(struct fx_plan *plan, struct fx_relocation *relocation) {
    struct fx_held *held = fx_relocated(relocation, plan->held);
    plan->held = held;
    for (size_t i = 0; held && i < plan->held_count; i++)
        held[i].path = fx_relocated(relocation, held[i].path);
}

void fx_plan_relocate(struct fx_plan *plan, struct fx_relocation *relocation) {
    plan->callback = (fx_callback){.function = NULL};
    plan->reporter = (fx_reporter){.function = NULL};
    relocate_steps(plan, relocation);
    relocate_held(plan, relocation);
    plan->entries = fx_relocated(relocation, plan->entries);
    plan->targets = fx_relocated(relocation, plan->targets);
    plan->open = fx_relocated(relocation, plan->open);
    plan->candidates = fx_relocated_strings(relocation, plan->candidates);
    plan->argv = fx_relocated_strings(relocation, plan->argv);
    plan->environment = fx_relocated_strings(relocation, plan->environment);
    plan->program = fx_relocated(relocation, plan->program);
    plan->search_path = fx_relocated(relocation, plan->search_path);
    plan->directory = fx_relocated(relocation, plan->directory);
    plan->mask = fx_relocated(relocation, plan->mask);
    plan->uid_map = fx_relocated(relocation, plan->uid_map);
    plan->gid_map = fx_relocated(relocation, plan->gid_map);
}
