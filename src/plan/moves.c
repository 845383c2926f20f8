/* SPDX-License-Identifier: MIT */
#include "moves.h"

struct planner {
    const fx_map *map;
    size_t count;
    struct fx_move *moves;
    size_t made;
    int *readers; /* per entry: how many undone entries still read its target; -1 when done */
    int *ready;   /* a stack of entries whose target nobody reads any more */
    size_t ready_count;
};

/* The entry that writes this number, or `count`. */
static size_t entry_of(const struct planner *planner, int child) {
    size_t low = 0, high = planner->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (planner->map[middle].child == child)
            return middle;
        if (planner->map[middle].child < child)
            low = middle + 1;
        else
            high = middle;
    }
    return planner->count;
}

static void emit(struct planner *planner, enum fx_move_kind kind, int from, int to) {
    planner->moves[planner->made++] = (struct fx_move){.kind = kind, .from = from, .to = to};
}

/* The entry has read its source; whoever writes there may now be free to. */
static void release_source(struct planner *planner, size_t entry) {
    size_t writer = entry_of(planner, planner->map[entry].parent);
    if (writer == planner->count || planner->readers[writer] <= 0)
        return;
    if (--planner->readers[writer] == 0)
        planner->ready[planner->ready_count++] = (int)writer;
}

static void run_ready(struct planner *planner) {
    while (planner->ready_count > 0) {
        size_t entry = (size_t)planner->ready[--planner->ready_count];
        planner->readers[entry] = -1;
        emit(planner, FX_MOVE_DUP, planner->map[entry].parent, planner->map[entry].child);
        release_source(planner, entry);
    }
}

/*
 * Nothing is ready, so every entry left is read by exactly one other: each lies on a
 * cycle. Keep the content of this one's target aside, write it, and follow its sources
 * round; the one that wants the old content comes last.
 */
static void break_cycle(struct planner *planner, size_t first) {
    emit(planner, FX_MOVE_LIFT, planner->map[first].child, -1);
    size_t entry = first;
    for (;;) {
        planner->readers[entry] = -1;
        size_t next = entry_of(planner, planner->map[entry].parent);
        if (next == first) {
            emit(planner, FX_MOVE_LOWER, -1, planner->map[entry].child);
            return;
        }
        emit(planner, FX_MOVE_DUP, planner->map[entry].parent, planner->map[entry].child);
        entry = next;
    }
}

size_t fx_moves_plan(const fx_map *map, size_t count, struct fx_move *moves, int *scratch) {
    struct planner planner = {
        .map = map, .count = count, .moves = moves, .readers = scratch, .ready = scratch + count};

    for (size_t i = 0; i < count; i++)
        planner.readers[i] = 0;
    for (size_t i = 0; i < count; i++) {
        size_t writer = entry_of(&planner, map[i].parent);
        if (writer != count && writer != i)
            planner.readers[writer]++;
    }
    for (size_t i = 0; i < count; i++) {
        if (map[i].parent == map[i].child) {
            emit(&planner, FX_MOVE_INHERIT, map[i].parent, map[i].child);
            planner.readers[i] = -1;
        } else if (planner.readers[i] == 0) {
            planner.ready[planner.ready_count++] = (int)i;
        }
    }
    run_ready(&planner);
    for (size_t i = 0; i < count; i++)
        if (planner.readers[i] > 0)
            break_cycle(&planner, i);
    return planner.made;
}
