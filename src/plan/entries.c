/* SPDX-License-Identifier: MIT
 *
 * The descriptor map of a plan: standard streams, the caller's map and kept descriptors in one
 * sorted list, in which each number of the child's stands once.
 */
#include <errno.h>
#include <stdlib.h>

#include "plan.h"
#include "platform/platform.h"
#include "platform/sorted.h"

static bool is_listed(const int *list, size_t count, int fd) {
    for (size_t i = 0; i < count; i++)
        if (list[i] == fd)
            return true;
    return false;
}

/*
 * Whether the map needs an entry for this stream; fills it in. An inherited one needs
 * one only where the parent's is close-on-exec (CPython leaves even that as it is).
 */
static bool stream_entry(const fx_command *command, int number, struct fx_entry *entry) {
    const fx_stdio *stream = &command->stdio[number];
    /* "Where the other goes" is whatever that one's own entry says. */
    int meant = stream->kind == FX_STDIO_STDOUT ? 1 : stream->kind == FX_STDIO_STDERR ? 2 : number;
    const fx_stdio *other = &command->stdio[meant];
    *entry = (struct fx_entry){.child = number, .origin = FX_ORIGIN_MAP, .source = meant};
    if (other->kind == FX_STDIO_NULL)
        entry->kind = FX_SOURCE_NULL;
    else if (other->kind == FX_STDIO_PIPE)
        entry->kind = FX_SOURCE_PIPE;
    else if (other->kind == FX_STDIO_DESCRIPTOR)
        entry->source = other->descriptor;
    else if (meant == number) {
        entry->origin = FX_ORIGIN_INHERIT;
        return command->order == FX_ORDER_STANDARD &&
               !is_listed(command->close, command->close_count, number) &&
               fx_sys_descriptor_flags(number) > 0;
    }
    return true;
}

/* All that is asked for, in any order and with repetitions. */
static size_t collect(const fx_command *command, struct fx_entry *entries) {
    size_t count = 0;
    for (int number = 0; number < 3; number++)
        if (stream_entry(command, number, &entries[count]))
            count++;
    for (size_t i = 0; i < command->map_count; i++)
        entries[count++] = (struct fx_entry){.child = command->map[i].child,
                                             .origin = FX_ORIGIN_MAP,
                                             .source = command->map[i].parent};
    for (size_t i = 0; i < command->keep_count; i++)
        entries[count++] = (struct fx_entry){
            .child = command->keep[i], .origin = FX_ORIGIN_KEEP, .source = command->keep[i]};
    return count;
}

static int compare_entries(const void *left, const void *right) {
    const struct fx_entry *a = left, *b = right;
    if (a->child != b->child)
        return a->child < b->child ? -1 : 1;
    return (int)a->origin - (int)b->origin;
}

static int compare_numbers(const void *left, const void *right) {
    const int *a = left, *b = right;
    return (*a > *b) - (*a < *b);
}

/* Most lists are short and in order. */
static void sort(void *list, size_t count, size_t size,
                 int (*compare)(const void *left, const void *right)) {
    const char *item = list;
    for (size_t i = 1; i < count; i++, item += size) {
        if (compare(item, item + size) > 0) {
            qsort(list, count, size, compare);
            return;
        }
    }
}

/* Whether `weaker`, for the same number, may silently give way to `stronger`. */
static bool gives_way(const fx_command *command, const struct fx_entry *stronger,
                      const struct fx_entry *weaker) {
    if (weaker->origin == FX_ORIGIN_MAP)
        return false;
    return weaker->origin == FX_ORIGIN_INHERIT || stronger->origin == FX_ORIGIN_KEEP ||
           command->order == FX_ORDER_CPYTHON;
}

/* Leave one entry a number. */
static int merge(const fx_command *command, struct fx_entry *entries, size_t *count,
                 fx_error *error) {
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++) {
        if (kept == 0 || entries[kept - 1].child != entries[i].child)
            entries[kept++] = entries[i];
        else if (!gives_way(command, &entries[kept - 1], &entries[i]))
            return fx_error_command(error, -EINVAL,
                                    entries[i].origin == FX_ORIGIN_KEEP ? "keep" : "map",
                                    "child number %d is given twice", entries[i].child);
    }
    *count = kept;
    return 0;
}

/* A number cannot be the child's and be closed or left alone at the same time. */
static int check_contradictions(const fx_command *command, const struct fx_plan *plan,
                                fx_error *error) {
    if (command->order != FX_ORDER_STANDARD)
        return 0;
    for (size_t i = 0; i < command->exempt_count; i++)
        if (fx_sorted_has(plan->targets, plan->entry_count, command->exempt[i]))
            return fx_error_command(error, -EINVAL, "exempt",
                                    "descriptor %d is also a child number of the map or kept",
                                    command->exempt[i]);
    for (size_t i = 0; i < command->close_count; i++)
        if (fx_sorted_has(plan->targets, plan->entry_count, command->close[i]) ||
            is_listed(command->exempt, command->exempt_count, command->close[i]))
            return fx_error_command(error, -EINVAL, "close",
                                    "descriptor %d is also in the map, kept or exempt",
                                    command->close[i]);
    return 0;
}

static void list_open(const fx_command *command, struct fx_plan *plan, int *open) {
    size_t count = 0;
    for (size_t i = 0; i < plan->entry_count; i++)
        open[count++] = plan->entries[i].child;
    for (size_t i = 0; i < command->exempt_count; i++)
        open[count++] = command->exempt[i];
    sort(open, count, sizeof *open, compare_numbers);
    plan->open = open;
    plan->open_count = count;
}

static void note_needs(struct fx_plan *plan) {
    for (size_t i = 0; i < plan->entry_count; i++) {
        if (plan->entries[i].kind == FX_SOURCE_PIPE)
            plan->pipes[plan->entries[i].source] = true;
        if (plan->entries[i].kind == FX_SOURCE_NULL)
            plan->null = true;
    }
}

int fx_plan_entries(struct fx_block *block, const fx_command *command, struct fx_plan *plan,
                    fx_error *error) {
    size_t room = 3 + command->map_count + command->keep_count;
    struct fx_entry *entries = fx_block_take(block, room, sizeof *entries);
    int *targets = fx_block_take(block, room, sizeof *targets);
    int *open = fx_block_take(block, room + command->exempt_count, sizeof *open);
    if (!open)
        return 0;

    size_t count = collect(command, entries);
    sort(entries, count, sizeof *entries, compare_entries);
    int result = merge(command, entries, &count, error);
    if (result < 0)
        return result;
    for (size_t i = 0; i < count; i++)
        targets[i] = entries[i].child;
    plan->entries = entries;
    plan->entry_count = count;
    plan->targets = targets;
    note_needs(plan);
    list_open(command, plan, open);
    return check_contradictions(command, plan, error);
}
