/* SPDX-License-Identifier: MIT
 *
 * Which bytes the drain stores: every policy around its bound, the bound of all streams together,
 * and functions, which get them all.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draining.h"

/* So many bytes are written, at most so many at once, with this bound: what must be stored. */
struct expected {
    size_t kept, head;
    bool stopped;
};

static struct expected expect(fx_keep keep, size_t bound, size_t size) {
    struct expected expected = {.kept = size < bound ? size : bound};
    expected.head = expected.kept;
    if (size > bound && keep == FX_KEEP_TAIL)
        expected.head = 0;
    if (size > bound && keep == FX_KEEP_HEAD_AND_TAIL)
        expected.head = bound / 2;
    expected.stopped = keep == FX_KEEP_STOP && size > bound;
    return expected;
}

static void assert_kept(const struct talk *talk, size_t n, fx_keep keep, size_t bound,
                        size_t size) {
    struct expected expected = expect(keep, bound, size);
    fx_drained drained = talk_output(talk, n);
    assert_int_equal(drained.seen, size);
    assert_int_equal(drained.kept, expected.kept);
    assert_int_equal(drained.head, expected.head);
    assert_int_equal(drained.code, 0);
    assert_true(drained.complete);
    assert_pattern(drained.data, drained.head, (int)n + 1, 0);
    size_t tail = drained.kept - drained.head;
    assert_pattern((const char *)drained.data + drained.head, tail, (int)n + 1, size - tail);
}

/* The child's arguments are numbers: "out SIZE" in pieces of CHUNK. */
static void try_bound(fx_keep keep, size_t bound, size_t size, const char *chunk) {
    char text[24];
    struct talk talk;
    (void)snprintf(text, sizeof text, "%zu", size);
    /* One that is stopped has written all before. */
    talk_begin(&talk, ARGV("talk", "chunk", chunk, "out", text));
    talk.outputs[0].keep = keep;
    talk.outputs[0].most = (fx_count)FX_COUNT(bound);
    talk_run(&talk, 0);
    assert_kept(&talk, 0, keep, bound, size);
    fx_ending ending = expect(keep, bound, size).stopped ? FX_ENDING_OUTPUT : FX_ENDING_EXIT;
    assert_int_equal(talk_state(&talk).ending, ending);
    (void)talk_end(&talk);
}

static void around_the_bound(fx_keep keep) {
    static const size_t bounds[] = {0, 1, 2, 100, 4096, 70001};
    for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++) {
        size_t bound = bounds[i];
        const size_t sizes[] = {0, 1, bound ? bound - 1 : 3, bound, bound + 1, 3 * bound + 5};
        /* What is not written at once could be cut short by the stop. */
        bool stops = keep == FX_KEEP_STOP;
        size_t count = stops && bound > 65536 ? 4 : sizeof sizes / sizeof sizes[0];
        for (size_t j = 0; j < count; j++)
            try_bound(keep, bound, sizes[j], !stops && j % 2 && bound < 1000 ? "7" : "65521");
    }
}

static void the_head_is_kept(void **state) {
    (void)state;
    around_the_bound(FX_KEEP_HEAD);
}

static void the_tail_is_kept(void **state) {
    (void)state;
    around_the_bound(FX_KEEP_TAIL);
}

static void head_and_tail_are_kept(void **state) {
    (void)state;
    around_the_bound(FX_KEEP_HEAD_AND_TAIL);
}

static void who_writes_too_much_is_stopped(void **state) {
    (void)state;
    around_the_bound(FX_KEEP_STOP);
    EACH_WAY {
        struct talk talk;
        talk_begin(&talk, ARGV("talk", "out", "101", "await", "3"));
        talk.outputs[0].keep = FX_KEEP_STOP;
        talk.outputs[0].most = (fx_count)FX_COUNT(100);
        talk_run(&talk, 0);
        assert_kept(&talk, 0, FX_KEEP_STOP, 100, 101);
        assert_int_equal(talk_state(&talk).ending, FX_ENDING_OUTPUT);
        assert_int_equal(talk_state(&talk).stopped_by, SIGTERM);
        assert_int_equal(talk_end(&talk).signal, SIGTERM);
    }
}

/* A ring that has gone round many times, with pieces of all sizes. */
static void many_times_the_bound(void **state) {
    static const fx_keep keeps[] = {FX_KEEP_TAIL, FX_KEEP_HEAD_AND_TAIL, FX_KEEP_HEAD};
    static const size_t bounds[] = {1, 999, 65536, 100000};
    (void)state;
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 4; j++)
            try_bound(keeps[i], bounds[j], 1234567, j % 2 ? "4099" : "65521");
}

/* Looking puts the ring in order: it goes on from there. */
static void looking_changes_nothing(void **state) {
    (void)state;
    struct talk talk;
    talk_begin(&talk, ARGV("talk", "chunk", "77", "out", "5000"));
    talk.outputs[0].keep = FX_KEEP_HEAD_AND_TAIL;
    talk.outputs[0].most = (fx_count)FX_COUNT(301);
    talk_open(&talk);
    int result;
    do {
        result = fx_drain_run(talk.drain, 1, 0);
        fx_drained drained = talk_output(&talk, 0);
        size_t tail = drained.kept - drained.head;
        assert_pattern(drained.data, drained.head, 1, 0);
        assert_pattern((const char *)drained.data + drained.head, tail, 1, drained.seen - tail);
    } while (result == -ETIMEDOUT);
    assert_int_equal(result, 0);
    assert_kept(&talk, 0, FX_KEEP_HEAD_AND_TAIL, 301, 5000);
    (void)talk_end(&talk);
}

/* ---- all streams together ---- */

static void begin_total(struct talk *talk, fx_keep keep, unsigned long long total) {
    talk_begin(talk, ARGV("talk", "out", "5000", "err", "5000"));
    for (int i = 0; i < 2; i++)
        talk->outputs[i].keep = keep;
    talk->options.most_total = (fx_count)FX_COUNT(total);
}

static void tails_have_equal_shares(void **state) {
    (void)state;
    static const fx_keep keeps[] = {FX_KEEP_TAIL, FX_KEEP_HEAD_AND_TAIL};
    static const unsigned long long totals[] = {0, 1, 2, 301, 6000, 10000, 10001, 1ULL << 40};
    for (size_t i = 0; i < 2; i++)
        for (size_t j = 0; j < sizeof totals / sizeof totals[0]; j++) {
            struct talk talk;
            begin_total(&talk, keeps[i], totals[j]);
            talk_run(&talk, 0);
            for (size_t n = 0; n < 2; n++)
                assert_kept(&talk, n, keeps[i], (size_t)(totals[j] / 2), 5000);
            (void)talk_end(&talk);
        }
}

static void heads_are_served_as_they_come(void **state) {
    (void)state;
    static const unsigned long long totals[] = {0, 1, 4999, 5000, 5001, 9999, 10000, 10001};
    for (size_t i = 0; i < sizeof totals / sizeof totals[0]; i++) {
        struct talk talk;
        begin_total(&talk, FX_KEEP_HEAD, totals[i]);
        talk_run(&talk, 0);
        fx_drained out = talk_output(&talk, 0), err = talk_output(&talk, 1);
        assert_int_equal(out.kept + err.kept, totals[i] < 10000 ? totals[i] : 10000);
        assert_int_equal(out.kept, out.head);
        assert_int_equal(err.kept, err.head);
        assert_int_equal(out.seen + err.seen, 10000);
        assert_pattern(out.data, out.kept, 1, 0);
        assert_pattern(err.data, err.kept, 2, 0);
        (void)talk_end(&talk);
    }
}

static void a_streams_own_bound_is_within_the_total(void **state) {
    (void)state;
    struct talk talk;
    begin_total(&talk, FX_KEEP_HEAD, 1000);
    talk.outputs[0].most = talk.outputs[1].most = (fx_count)FX_COUNT(10);
    talk_run(&talk, 0);
    assert_kept(&talk, 0, FX_KEEP_HEAD, 10, 5000);
    assert_kept(&talk, 1, FX_KEEP_HEAD, 10, 5000);
    (void)talk_end(&talk);
}

static void a_total_can_stop_the_child(void **state) {
    (void)state;
    static const struct {
        unsigned long long total;
        fx_ending ending;
    } cases[] = {{9999, FX_ENDING_OUTPUT}, {10000, FX_ENDING_EXIT}, {10001, FX_ENDING_EXIT}};
    for (size_t i = 0; i < 3; i++) {
        struct talk talk;
        begin_total(&talk, FX_KEEP_STOP, cases[i].total);
        talk_run(&talk, 0);
        fx_drained out = talk_output(&talk, 0), err = talk_output(&talk, 1);
        assert_int_equal(talk_state(&talk).ending, cases[i].ending);
        assert_in_range(out.kept + err.kept, 9999, 10000);
        (void)talk_end(&talk);
    }
}

/* ---- functions ---- */

struct heard {
    unsigned long long size, most;
    int stream;
};

static int hear(void *argument, const void *data, size_t size) {
    struct heard *heard = argument;
    assert_true(size > 0);
    assert_pattern(data, size, heard->stream, heard->size);
    heard->size += size;
    return heard->size >= heard->most;
}

/* Whatever is stored of it, and beside another that is only listened to. */
static void a_function_gets_every_byte(void **state) {
    (void)state;
    EACH_WAY {
        struct talk talk;
        struct heard heard[2] = {{.most = 1u << 30, .stream = 1}, {.most = 1u << 30, .stream = 2}};
        talk_begin(&talk, ARGV("talk", "out", "300000", "err", "200000"));
        for (int i = 0; i < 2; i++) {
            talk.outputs[i].function = hear;
            talk.outputs[i].argument = &heard[i];
        }
        talk.outputs[0].most = (fx_count)FX_COUNT(1000);
        talk.outputs[0].keep = FX_KEEP_TAIL;
        talk.outputs[1].store = false;
        talk_run(&talk, 0);
        assert_kept(&talk, 0, FX_KEEP_TAIL, 1000, 300000);
        assert_int_equal(heard[0].size, 300000);
        assert_int_equal(heard[1].size, 200000);
        assert_int_equal(talk_state(&talk).ending, FX_ENDING_EXIT);
        (void)talk_end(&talk);
    }
}

static void a_function_can_stop_the_child(void **state) {
    (void)state;
    EACH_WAY {
        struct talk talk;
        struct heard heard = {.most = 100, .stream = 1};
        talk_begin(&talk, ARGV("talk", "out", "100", "await", "3"));
        talk.outputs[0].function = hear;
        talk.outputs[0].argument = &heard;
        talk_run(&talk, 0);
        assert_captured(&talk, 0, 100);
        assert_int_equal(talk_state(&talk).ending, FX_ENDING_FUNCTION);
        assert_int_equal(talk_end(&talk).signal, SIGTERM);
    }
}

/* What was written by one who has ended, and is read at the very last moment, may be too much. */
static void too_much_at_the_last_moment(void **state) {
    (void)state;
    EACH_WAY
    for (int by_function = 0; by_function < 2; by_function++) {
        struct talk talk;
        struct heard heard = {.most = 100, .stream = 1};
        talk_begin(&talk, ARGV("talk", "out", "200"));
        assert_int_equal(fx_wait(&talk.child, LONG, FX_WAIT_NO_REAP, NULL), 0);
        talk.options.linger = (fx_count)FX_COUNT(0);
        if (by_function) {
            talk.outputs[0].function = hear;
            talk.outputs[0].argument = &heard;
        } else {
            talk.outputs[0].keep = FX_KEEP_STOP;
            talk.outputs[0].most = (fx_count)FX_COUNT(100);
        }
        talk_run(&talk, 0);
        assert_int_equal(talk_output(&talk, 0).seen, 200);
        assert_int_equal(talk_state(&talk).ending,
                         by_function ? FX_ENDING_FUNCTION : FX_ENDING_OUTPUT);
        assert_int_equal(talk_end(&talk).code, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_head_is_kept),
        cmocka_unit_test(the_tail_is_kept),
        cmocka_unit_test(head_and_tail_are_kept),
        cmocka_unit_test(who_writes_too_much_is_stopped),
        cmocka_unit_test(many_times_the_bound),
        cmocka_unit_test(looking_changes_nothing),
        cmocka_unit_test(tails_have_equal_shares),
        cmocka_unit_test(heads_are_served_as_they_come),
        cmocka_unit_test(a_streams_own_bound_is_within_the_total),
        cmocka_unit_test(a_total_can_stop_the_child),
        cmocka_unit_test(a_function_gets_every_byte),
        cmocka_unit_test(a_function_can_stop_the_child),
        cmocka_unit_test(too_much_at_the_last_moment),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
