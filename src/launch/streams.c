/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launch.h"
#include "platform/platform.h"

void fx_close_if_open(int *fd) {
    if (*fd >= 0)
        (void)fx_sys_close(*fd);
    *fd = -1;
}

void fx_streams_close_child_ends(struct fx_launch *launch) {
    for (int number = 0; number < 3; number++)
        fx_close_if_open(&launch->child_ends[number]);
    fx_close_if_open(&launch->null);
    fx_close_if_open(&launch->directory);
    if (launch->held_count > 0)
        fx_held_close(launch);
    fx_table_give_back(launch);
    free(launch->memory);
    launch->memory = NULL;
}

void fx_streams_close(struct fx_launch *launch) {
    fx_streams_close_child_ends(launch);
    for (int number = 0; number < 3; number++)
        fx_close_if_open(&launch->parent_ends[number]);
}

static int open_pipe(struct fx_launch *launch, int number, fx_error *error) {
    static const char *const names[3] = {"standard input", "standard output", "standard error"};
    int ends[2];
    int result = fx_platform_pipe(ends);
    if (result < 0)
        return fx_error_set(error, result, FX_STEP_PIPE, number, "%s", names[number]);
    int childs = number == 0 ? 0 : 1;
    launch->child_ends[number] = ends[childs];
    launch->parent_ends[number] = ends[1 - childs];
    return 0;
}

static int open_files(struct fx_launch *launch, fx_error *error) {
    for (int number = 0; number < 3; number++) {
        if (!launch->plan->pipes[number])
            continue;
        int result = open_pipe(launch, number, error);
        if (result < 0)
            return result;
    }
    if (launch->plan->null) {
        launch->null = open("/dev/null", O_RDWR | O_CLOEXEC);
        if (launch->null < 0)
            return fx_error_set(error, -errno, FX_STEP_OPEN, -1, "\"/dev/null\"");
    }
    return 0;
}

/* A command of common size must do without memory of its own for what only some need. */
static size_t most_aside(const struct fx_plan *plan) {
    return (size_t)FX_ASIDE_MAX + (fx_maps_are_asked(plan) ? FX_ASIDE_OF_MAPS : 0) +
           (plan->death_signal ? FX_ASIDE_OF_DEATH : 0);
}

/* Room for a map of this plan's size, and for what is kept aside among what stays open. */
static int take_memory(struct fx_launch *launch, fx_error *error) {
    size_t entries = launch->plan->entry_count, held = launch->plan->held_count;
    size_t open = launch->plan->open_count + held + most_aside(launch->plan);
    launch->map = launch->inline_map;
    launch->open = launch->inline_open;
    launch->scratch = launch->inline_scratch;
    launch->moves = launch->inline_moves;
    launch->held = launch->inline_held;
    if (entries <= FX_LAUNCH_INLINE && open <= FX_LAUNCH_INLINE)
        return 0;
    struct fx_block measured = {.base = NULL};
    (void)fx_block_take(&measured, entries, sizeof *launch->map);
    (void)fx_block_take(&measured, open, sizeof *launch->open);
    (void)fx_block_take(&measured, held, sizeof *launch->held);
    (void)fx_block_take(&measured, FX_MOVES_SCRATCH(entries), sizeof *launch->scratch);
    (void)fx_block_take(&measured, FX_MOVES_MAX(entries), sizeof *launch->moves);
    launch->memory = malloc(measured.used);
    if (!launch->memory)
        return fx_error_set(error, -ENOMEM, FX_STEP_ALLOCATE, -1, "map of %zu entries", entries);
    struct fx_block block = {.base = launch->memory, .size = measured.used};
    launch->map = fx_block_take(&block, entries, sizeof *launch->map);
    launch->open = fx_block_take(&block, open, sizeof *launch->open);
    launch->held = fx_block_take(&block, held, sizeof *launch->held);
    launch->scratch = fx_block_take(&block, FX_MOVES_SCRATCH(entries), sizeof *launch->scratch);
    launch->moves = fx_block_take(&block, FX_MOVES_MAX(entries), sizeof *launch->moves);
    return 0;
}

static int source_of(const struct fx_launch *launch, const struct fx_entry *entry) {
    switch (entry->kind) {
    case FX_SOURCE_NULL:
        return launch->null;
    case FX_SOURCE_PIPE:
        return launch->child_ends[entry->source];
    case FX_SOURCE_DESCRIPTOR:
        break;
    }
    return entry->source;
}

static int take_arrays(struct fx_launch *launch, fx_error *error) {
    int result = take_memory(launch, error);
    if (result < 0)
        return result;
    memcpy(launch->open, launch->plan->open, launch->plan->open_count * sizeof *launch->open);
    launch->frame.open = launch->open;
    launch->frame.open_count = launch->plan->open_count;
    return 0;
}

/* The map may write its number, and the closing of all others would take it: work on a copy. */
static int copy_directory(struct fx_launch *launch, fx_error *error) {
    int fd = launch->plan->directory_fd;
    if (fd < 0)
        return 0;
    int result = launch->directory = fx_sys_dup_above(fd, 3);
    if (result >= 0)
        result = fx_keep_aside(launch, &launch->directory);
    launch->frame.directory = launch->directory;
    return result < 0 ? fx_error_set(error, result, FX_STEP_FCHDIR, -1, "%d", fd) : 0;
}

static void fill_map(struct fx_launch *launch) {
    const struct fx_plan *plan = launch->plan;
    for (size_t i = 0; i < plan->entry_count; i++)
        launch->map[i] = (fx_map){.child = plan->entries[i].child,
                                  .parent = source_of(launch, &plan->entries[i])};
}

static void plan_moves(struct fx_launch *launch) {
    launch->frame.moves = launch->moves;
    launch->frame.move_count =
        fx_moves_plan(launch->map, launch->plan->entry_count, launch->moves, launch->scratch);
}

/* All sources are where the plan has them. */
static void begin_anew(struct fx_launch *launch) {
    fx_table_give_back(launch);
    if (launch->frame.directory != launch->directory)
        fx_keep_aside_instead(launch, &launch->frame.directory, launch->directory);
    launch->frame.table_end = 0;
    fill_map(launch);
}

void fx_streams_stop_sharing(struct fx_launch *launch) {
    begin_anew(launch);
    plan_moves(launch);
}

void fx_streams_stop_fetching(struct fx_launch *launch) {
    begin_anew(launch);
    launch->may_fetch = false;
    fx_table_share(launch);
    plan_moves(launch);
}

int fx_streams_open(struct fx_launch *launch, fx_error *error) {
    int result = take_arrays(launch, error);
    if (result == 0)
        result = open_files(launch, error);
    if (result == 0)
        result = copy_directory(launch, error);
    if (result == 0 && launch->plan->held_count > 0)
        result = fx_held_open(launch, error);
    if (result < 0) {
        fx_streams_close(launch);
        return result;
    }
    fill_map(launch);
    fx_table_share(launch);
    plan_moves(launch);
    return 0;
}
