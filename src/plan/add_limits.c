/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "steps.h"

void fx_add_limits(struct fx_builder *builder) {
    const fx_command *command = builder->command;
    for (size_t i = 0; i < command->limit_count; i++) {
        const fx_limit *limit = fx_copy_list(builder, &command->limits[i], 1, sizeof *limit);
        fx_add(builder, (struct fx_plan_step){.kind = FX_STEP_LIMIT,
                                              .index = (int)i,
                                              .number = command->limits[i].resource,
                                              .data = limit});
    }
    if (command->umask.set)
        fx_add_number(builder, FX_STEP_UMASK, command->umask.value & 0777);
}

/* "RLIMIT_NOFILE", or the number of one without a name. */
static void print_resource(int resource, char *text, size_t size) {
    const char *name = fx_limit_name(resource);
    if (!name) {
        (void)snprintf(text, size, "%d", resource);
        return;
    }
    (void)snprintf(text, size, "RLIMIT_%s", name);
    for (; *text; text++)
        if (*text >= 'a' && *text <= 'z')
            *text = (char)(*text - 'a' + 'A');
}

static const char *print_bound(const fx_limit_bound *bound, char *text, size_t size) {
    switch (bound->kind) {
    case FX_LIMIT_VALUE:
        (void)snprintf(text, size, "%llu", bound->value);
        return text;
    case FX_LIMIT_UNLIMITED:
        return "unlimited";
    case FX_LIMIT_ALLOWED:
        if (bound->value == 0)
            return "max";
        (void)snprintf(text, size, "at most %llu", bound->value);
        return text;
    case FX_LIMIT_KEEP:
        break;
    }
    return "";
}

void fx_print_limit(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                    char *text, size_t size) {
    char resource[32], soft[40], hard[40];
    (void)plan;
    if (!step || !step->data) {
        (void)snprintf(text, size, "%d", index);
        return;
    }
    const fx_limit *limit = step->data;
    print_resource(limit->resource, resource, sizeof resource);
    (void)snprintf(text, size, "%s, %s:%s", resource, print_bound(&limit->soft, soft, sizeof soft),
                   print_bound(&limit->hard, hard, sizeof hard));
}
