/* SPDX-License-Identifier: MIT
 *
 * The descriptor map is a parallel assignment: every source is meant as it was before
 * any target was written. This turns it into a sequence of single moves.
 */
#ifndef FX_PLAN_MOVES_H
#define FX_PLAN_MOVES_H

#include <stddef.h>

#include "forkexec.h"

enum fx_move_kind {
    FX_MOVE_DUP,     /* `to` becomes a copy of `from`, inheritable */
    FX_MOVE_INHERIT, /* `to` is its own source (dup2(n, n) would not clear close-on-exec) */
    FX_MOVE_LIFT,    /* keep a copy of `from` aside, at a number that is no target */
    FX_MOVE_LOWER    /* `to` becomes a copy of what was kept aside last, inheritable */
};

struct fx_move {
    enum fx_move_kind kind;
    int from;
    int to;
};

/* Every cycle, of two entries at least, takes one move more than it has entries. */
#define FX_MOVES_MAX(count) ((count) + (count) / 2)
/* How many ints of scratch space fx_moves_plan needs. */
#define FX_MOVES_SCRATCH(count) (2 * (count))

/*
 * `map` is sorted by child number, each of which stands in it once. Writes at most
 * FX_MOVES_MAX(count) moves and returns their number. Done in order, they give
 * each target the source it asks for; no other number is written but the one that a
 * FX_MOVE_LIFT takes, and at most one is kept aside at a time.
 */
size_t fx_moves_plan(const fx_map *map, size_t count, struct fx_move *moves, int *scratch);

#endif
