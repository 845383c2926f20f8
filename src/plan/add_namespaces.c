/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "steps.h"

void fx_add_namespaces(struct fx_builder *builder) { (void)builder; }

void fx_print_namespace(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                        char *text, size_t size) {
    (void)plan;
    (void)index;
    (void)snprintf(text, size, "%ld", step ? step->number : -1L);
}

void fx_print_unshare(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                      char *text, size_t size) {
    (void)plan;
    (void)index;
    (void)snprintf(text, size, "%ld", step ? step->number : -1L);
}

void fx_print_id_maps(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                      char *text, size_t size) {
    (void)plan;
    (void)index;
    (void)snprintf(text, size, "%ld", step ? step->number : -1L);
}

void fx_print_personality(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                          char *text, size_t size) {
    (void)plan;
    (void)index;
    (void)snprintf(text, size, "%ld", step ? step->number : -1L);
}
