/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "steps.h"

void fx_print_nothing(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                      char *text, size_t size) {
    (void)plan;
    (void)step;
    (void)index;
    (void)snprintf(text, size, "%s", "");
}

void fx_print_number(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                     char *text, size_t size) {
    (void)plan;
    (void)index;
    (void)snprintf(text, size, "%ld", step ? step->number : -1L);
}

void fx_print_path(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                   char *text, size_t size) {
    (void)plan;
    (void)index;
    (void)snprintf(text, size, "\"%s\"", step && step->path ? step->path : "");
}

void fx_print_octal(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                    char *text, size_t size) {
    (void)plan;
    (void)index;
    (void)snprintf(text, size, "0%lo", step ? (unsigned long)step->number : 0UL);
}

/* The descriptor, or the path it comes from. */
void fx_print_held(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                   char *text, size_t size) {
    for (size_t i = 0; i < plan->held_count; i++) {
        const struct fx_held *held = &plan->held[i];
        if ((step && (size_t)step->held != i) || (!step && held->index != index))
            continue;
        if (held->path)
            (void)snprintf(text, size, "\"%s\"", held->path);
        else
            (void)snprintf(text, size, "%d", held->descriptor);
        return;
    }
    (void)snprintf(text, size, "%d", index);
}

void fx_print_entry(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
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
