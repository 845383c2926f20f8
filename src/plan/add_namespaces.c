/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "names/namespace.h"
#include "platform/containment.h"
#include "steps.h"

/* ---- adding ---- */

static void add_cgroup(struct fx_builder *builder) {
    const fx_command *command = builder->command;
    int descriptor = command->cgroup_fd.set ? command->cgroup_fd.value : -1;
    if (!command->cgroup && descriptor < 0)
        return;
    builder->plan->cgroup =
        fx_hold(builder, FX_STEP_CGROUP, -1, descriptor, command->cgroup, O_RDONLY | O_DIRECTORY);
    fx_add(builder, (struct fx_plan_step){
                        .kind = FX_STEP_CGROUP, .index = -1, .held = builder->plan->cgroup});
}

static void add_namespace(struct fx_builder *builder, size_t i) {
    const fx_namespace *joined = &builder->command->namespaces[i];
    int descriptor = joined->path ? -1 : joined->descriptor.value;
    int held = fx_hold(builder, FX_STEP_SETNS, (int)i, descriptor, joined->path, O_RDONLY);
    fx_add(builder,
           (struct fx_plan_step){
               .kind = FX_STEP_SETNS, .index = (int)i, .number = (long)joined->type, .held = held});
}

static int place_of(const fx_namespace *joined) {
    unsigned int type = (unsigned int)joined->type;
    if (type == 0)
        type = fx_platform_namespace_type(joined->path, joined->descriptor.value);
    return fx_platform_place_of_namespace(type);
}

/* Whatever their order in the command; one place after the other, as these are few. */
static void add_joined(struct fx_builder *builder) {
    enum { FIRST = -1, END = 16 };
    const fx_command *command = builder->command;
    if (command->namespace_count == 0)
        return;
    for (int place = FIRST; place < END; place++)
        for (size_t i = 0; i < command->namespace_count; i++)
            if (place_of(&command->namespaces[i]) == place)
                add_namespace(builder, i);
}

enum { LINE = 36 }; /* three numbers, two spaces, a newline, and the end */

/* The lines for the parent to write; the block has room for the longest. */
static const char *map_text(struct fx_builder *builder, const fx_id_map *map, size_t count) {
    if (count == 0)
        return NULL;
    char *text = fx_block_bytes(builder->block, count * LINE);
    size_t used = 0;
    for (size_t i = 0; i < count && text; i++)
        used += (size_t)snprintf(text + used, LINE, "%u %u %u\n", map[i].inside, map[i].outside,
                                 map[i].count);
    return text;
}

static void add_maps(struct fx_builder *builder) {
    const fx_command *command = builder->command;
    if (command->uid_map_count == 0 && command->gid_map_count == 0)
        return;
    builder->plan->uid_map = map_text(builder, command->uid_map, command->uid_map_count);
    builder->plan->gid_map = map_text(builder, command->gid_map, command->gid_map_count);
    fx_add_number(builder, FX_STEP_ID_MAPS, 0);
}

void fx_add_namespaces(struct fx_builder *builder) {
    const fx_command *command = builder->command;
    add_cgroup(builder);
    if (command->personality.set)
        fx_add_number(builder, FX_STEP_PERSONALITY, (long)command->personality.value);
    add_joined(builder);
    if (command->unshare) {
        builder->plan->birth_flags = fx_platform_birth_namespaces(command->unshare);
        fx_add_number(builder, FX_STEP_UNSHARE, (long)command->unshare);
    }
    add_maps(builder);
}

/* ---- printing ---- */

void fx_print_namespace(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                        char *text, size_t size) {
    const char *type = step ? fx_namespace_constant((unsigned int)step->number) : NULL;
    fx_print_held(plan, step, index, text, size);
    size_t length = strlen(text);
    if (type)
        (void)snprintf(text + length, size - length, ", %s", type);
}

void fx_print_unshare(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                      char *text, size_t size) {
    unsigned int left = step ? (unsigned int)step->number : 0;
    size_t used = 0;
    (void)plan;
    (void)index;
    text[0] = '\0';
    for (unsigned int type = 1; type && used < size; type <<= 1) {
        const char *name = left & type ? fx_namespace_constant(type) : NULL;
        if (name)
            used += (size_t)snprintf(text + used, size - used, "%s%s", used ? "|" : "", name);
    }
}

/* "uid_map 0:1000:1,1:100000:65536", as far as there is room. */
static void print_map(const char *name, const char *map, char *text, size_t size) {
    enum { LEAST = 32 }; /* room for the name and a little more */
    size_t used = strlen(text);
    if (!map || used + LEAST > size)
        return;
    (void)snprintf(text + used, size - used, "%s%s %s", used ? ", " : "", name, map);
    for (char *at = text + used + (used ? 2 : 0) + strlen(name) + 1; *at; at++)
        if (*at == ' ')
            *at = ':';
        else if (*at == '\n')
            *at = at[1] ? ',' : '\0';
}

void fx_print_id_maps(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                      char *text, size_t size) {
    (void)step;
    text[0] = '\0';
    if (index != 1)
        print_map("uid_map", plan->uid_map, text, size);
    if (index != 0)
        print_map("gid_map", plan->gid_map, text, size);
}

void fx_print_personality(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                          char *text, size_t size) {
    (void)plan;
    (void)index;
    (void)snprintf(text, size, "0x%x", step ? (unsigned int)step->number : 0U);
}
