/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "steps.h"

void fx_add_scheduling(struct fx_builder *builder) { (void)builder; }

void fx_print_scheduling(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                         char *text, size_t size) {
    (void)plan;
    (void)index;
    (void)snprintf(text, size, "%ld", step ? step->number : -1L);
}

void fx_print_affinity(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                       char *text, size_t size) {
    (void)plan;
    (void)index;
    (void)snprintf(text, size, "%ld", step ? step->number : -1L);
}

void fx_print_io_priority(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                          char *text, size_t size) {
    (void)plan;
    (void)index;
    (void)snprintf(text, size, "%ld", step ? step->number : -1L);
}
