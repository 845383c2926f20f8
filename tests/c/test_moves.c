/* SPDX-License-Identifier: MIT
 *
 * gotcha 24: the moves that carry out a descriptor map are right for every map over seven
 * numbers, and for many larger ones.
 *
 * A table of descriptors is modelled as an array that says, for each number, which of the
 * parent's files it is. The moves are done on the model as the child does them; the
 * oracle reads the map as what it means, a parallel assignment.
 */
#include "support.h"

#include <stdlib.h>
#include <string.h>

#include "plan/moves.h"

enum {
    SLOTS = 7,
    MOST = 64,      /* numbers of the larger maps */
    NO_FILE = -1,   /* not open */
    CLOEXEC = 0x100 /* on a file: this number of it is close-on-exec */
};

struct table {
    int file[MOST];
    int aside;
};

/* Every number is open and close-on-exec to begin with, the worst there is. */
static void fill(struct table *table, int numbers) {
    for (int i = 0; i < numbers; i++)
        table->file[i] = i | CLOEXEC;
    table->aside = NO_FILE;
}

static bool is_target(const fx_map *map, size_t count, int number) {
    for (size_t i = 0; i < count; i++)
        if (map[i].child == number)
            return true;
    return false;
}

/* One move; false if it makes no sense or does harm. */
static bool apply(struct table *table, const struct fx_move *move, const fx_map *map,
                  size_t count) {
    switch (move->kind) {
    case FX_MOVE_DUP:
        if (move->from == move->to || !is_target(map, count, move->to))
            return false;
        table->file[move->to] = table->file[move->from] & ~CLOEXEC;
        return true;
    case FX_MOVE_INHERIT:
        if (!is_target(map, count, move->to))
            return false;
        table->file[move->to] &= ~CLOEXEC;
        return true;
    case FX_MOVE_LIFT:
        if (table->aside != NO_FILE)
            return false; /* at most one is kept aside at a time */
        table->aside = table->file[move->from];
        return true;
    case FX_MOVE_LOWER:
        if (table->aside == NO_FILE || !is_target(map, count, move->to))
            return false;
        table->file[move->to] = table->aside & ~CLOEXEC;
        table->aside = NO_FILE;
        return true;
    }
    return false;
}

static bool is_right(const fx_map *map, size_t count, int numbers) {
    struct fx_move moves[FX_MOVES_MAX(MOST)];
    int scratch[FX_MOVES_SCRATCH(MOST)];
    struct table table, expected;
    size_t made = fx_moves_plan(map, count, moves, scratch);
    if (made > FX_MOVES_MAX(count))
        return false;
    fill(&table, numbers);
    for (size_t i = 0; i < made; i++)
        if (!apply(&table, &moves[i], map, count))
            return false;

    fill(&expected, numbers);
    for (size_t i = 0; i < count; i++)
        expected.file[map[i].child] = map[i].parent;
    return table.aside == NO_FILE &&
           memcmp(table.file, expected.file, (size_t)numbers * sizeof table.file[0]) == 0;
}

static void assert_right(const fx_map *map, size_t count, int numbers) {
    if (is_right(map, count, numbers))
        return;
    for (size_t i = 0; i < count; i++)
        print_error("%d <- %d\n", map[i].child, map[i].parent);
    fail_msg("the moves of this map are wrong");
}

/* Each of seven targets is absent or fed by one of seven sources: 8^7 maps. */
static void every_map_over_seven_numbers(void **state) {
    (void)state;
    long tried = 0;
    for (long code = 0; code < 1L << (3 * SLOTS); code++) {
        fx_map map[SLOTS];
        size_t count = 0;
        for (int child = 0; child < SLOTS; child++) {
            int parent = (int)(code >> (3 * child)) & 7;
            if (parent < SLOTS)
                map[count++] = (fx_map){.child = child, .parent = parent};
        }
        assert_right(map, count, SLOTS);
        tried++;
    }
    assert_int_equal(tried, 2097152);
}

static unsigned int next_random(unsigned int *seed) {
    *seed = *seed * 1664525U + 1013904223U;
    return *seed >> 8;
}

static void larger_maps(void **state) {
    (void)state;
    unsigned int seed = 20261124;
    for (int round = 0; round < 100000; round++) {
        fx_map map[MOST];
        size_t count = 0;
        unsigned int density = 1 + next_random(&seed) % 8;
        for (int child = 0; child < MOST; child++)
            if (next_random(&seed) % 8 < density)
                map[count++] = (fx_map){.child = child, .parent = (int)(next_random(&seed) % MOST)};
        assert_right(map, count, MOST);
    }
}

/* Permutations are all cycles, which random maps seldom are. */
static void larger_permutations(void **state) {
    (void)state;
    unsigned int seed = 7;
    for (int round = 0; round < 100000; round++) {
        fx_map map[MOST];
        size_t count = 2 + next_random(&seed) % (MOST - 2);
        for (size_t i = 0; i < count; i++)
            map[i] = (fx_map){.child = (int)i, .parent = (int)i};
        for (size_t i = count - 1; i > 0; i--) {
            size_t other = next_random(&seed) % (i + 1);
            int parent = map[i].parent;
            map[i].parent = map[other].parent;
            map[other].parent = parent;
        }
        assert_right(map, count, MOST);
    }
}

/* The control: moves done one after the other, without a thought, are found wrong. */
static void a_careless_order_would_be_seen(void **state) {
    (void)state;
    const fx_map map[] = {{0, 1}, {1, 0}};
    struct table table;
    fill(&table, SLOTS);
    for (size_t i = 0; i < 2; i++)
        assert_true(
            apply(&table, &(struct fx_move){FX_MOVE_DUP, map[i].parent, map[i].child}, map, 2));
    assert_int_equal(table.file[0], 1);
    assert_int_not_equal(table.file[1], 0);
    assert_false(apply(&table, &(struct fx_move){FX_MOVE_DUP, 0, 5}, map, 2));
    assert_false(apply(&table, &(struct fx_move){FX_MOVE_LOWER, -1, 1}, map, 2));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_map_over_seven_numbers),
        cmocka_unit_test(larger_maps),
        cmocka_unit_test(larger_permutations),
        cmocka_unit_test(a_careless_order_would_be_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
