/* SPDX-License-Identifier: MIT
 *
 * gotcha 46: children that have ended, and others that hold their streams open.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "draining.h"

static void set_linger(struct talk *talk, unsigned long long milliseconds) {
    talk->options.linger = (fx_count)FX_COUNT(milliseconds);
}

static void wait_for_end(struct talk *talk) {
    assert_int_equal(fx_wait(&talk->child, LONG, FX_WAIT_NO_REAP, NULL), 0);
}

static void assert_held(const struct talk *talk, bool held, size_t size) {
    fx_drained drained = talk_output(talk, 0);
    assert_int_equal(talk_state(talk).held, held);
    assert_int_equal(talk_state(talk).ending, FX_ENDING_EXIT);
    assert_int_equal(drained.complete, !held);
    assert_int_equal(drained.kept, size);
    assert_int_equal(drained.code, 0);
    assert_pattern(drained.data, drained.kept, 1, 0);
}

/* It returns, and has all that was there, however little time it was given. */
static void a_grandchild_that_holds_them(void **state) {
    static const unsigned long long lingers[] = {0, 1, 30};
    (void)state;
    EACH_WAY
    for (size_t i = 0; i < 3; i++) {
        struct talk talk;
        talk_begin(&talk, ARGV("talk", "out", "60000", "leave", "await", "3"));
        set_linger(&talk, lingers[i]);
        talk_run(&talk, 0);
        assert_held(&talk, true, 60000);
        assert_false(talk_output(&talk, 1).complete);
        assert_reaped(&talk.child);
        assert_int_equal(talk_end(&talk).code, 0);
    }
}

/* One second, if nothing else is said. */
static void the_usual_linger(void **state) {
    (void)state;
    struct talk talk;
    talk_begin(&talk, ARGV("talk", "out", "10", "leave", "await", "3"));
    talk_open(&talk);
    wait_for_end(&talk);
    struct pollfd list[8];
    int timeout;
    assert_int_equal(fx_drain_run(talk.drain, 0, 0), -ETIMEDOUT);
    (void)fx_drain_interest(talk.drain, list, 8, &timeout);
    assert_in_range(timeout, 1, 1000);
    talk_run(&talk, 0);
    assert_held(&talk, true, 10);
    (void)talk_end(&talk);
}

/* With no time at all: also where the end and the last bytes are seen in one look. */
static void nobody_holds_them(void **state) {
    static const unsigned long long lingers[] = {0, 1, LONG};
    (void)state;
    EACH_WAY
    for (size_t i = 0; i < 3; i++)
        for (int ended = 0; ended < 2; ended++) {
            struct talk talk;
            talk_begin(&talk, ARGV("talk", "out", "60000", "err", "1"));
            set_linger(&talk, lingers[i]);
            if (ended)
                wait_for_end(&talk);
            talk_run(&talk, 0);
            assert_held(&talk, false, 60000);
            assert_captured(&talk, 1, 1);
            (void)talk_end(&talk);
        }
}

/* More than one read takes. */
static void all_that_is_there_is_read(void **state) {
    (void)state;
    EACH_WAY {
        struct talk talk;
        talk_begin(&talk, ARGV("talk", "out", "65536", "leave", "await", "3"));
        wait_for_end(&talk);
        set_linger(&talk, 0);
        talk_run(&talk, 0);
        assert_held(&talk, true, 65536);
        (void)talk_end(&talk);
    }
}

static void what_comes_later_is_read(void **state) {
    (void)state;
    EACH_WAY {
        struct talk talk;
        talk_begin(&talk, ARGV("talk", "out", "10", "leave", "await", "3", "out", "200000"));
        set_linger(&talk, LONG);
        talk_open(&talk);
        wait_for_end(&talk);
        assert_int_equal(fx_drain_run(talk.drain, 10, 0), -ETIMEDOUT);
        talk_release(&talk);
        talk_run(&talk, 0);
        assert_held(&talk, false, 200010);
        (void)talk_end(&talk);
    }
}

/* No deadline is for them: the child is not late, and nobody else is to be stopped. */
static void deadlines_are_for_the_child(void **state) {
    (void)state;
    EACH_WAY {
        struct talk talk;
        talk_begin(&talk, ARGV("talk", "out", "10", "leave", "await", "3", "out", "10"));
        set_linger(&talk, LONG);
        wait_for_end(&talk);
        talk.options.timeout = talk.options.idle_timeout = (fx_count)FX_COUNT(5);
        /* The end of the child is seen before the end of its time. */
        talk_open(&talk);
        (void)fx_drain_run(talk.drain, 0, 0);
        assert_int_equal(fx_drain_run(talk.drain, 20, 0), -ETIMEDOUT);
        talk_release(&talk);
        talk_run(&talk, 0);
        assert_int_equal(talk_output(&talk, 0).seen, 20);
        assert_int_equal(talk_state(&talk).stopped_by, 0);
        (void)talk_end(&talk);
    }
}

static void a_stop_ends_the_linger(void **state) {
    (void)state;
    EACH_WAY {
        struct talk talk;
        talk_begin(&talk, ARGV("talk", "out", "10", "leave", "await", "3"));
        set_linger(&talk, ~0ULL);
        wait_for_end(&talk);
        talk_open(&talk);
        assert_int_equal(fx_drain_run(talk.drain, 10, 0), -ETIMEDOUT);
        fx_drain_stop(talk.drain);
        talk_run(&talk, 0);
        assert_held(&talk, true, 10);
        (void)talk_end(&talk);
    }
}

/* It is read until then, and then no more: its pipe breaks. */
static void a_grandchild_that_writes_for_ever(void **state) {
    static const unsigned long long lingers[] = {0, 1, 30};
    (void)state;
    EACH_WAY
    for (size_t i = 0; i < 3; i++) {
        struct talk talk;
        talk_begin(&talk, ARGV("talk", "leave", "flood"));
        talk.outputs[0].most = (fx_count)FX_COUNT(100000);
        set_linger(&talk, lingers[i]);
        talk_run(&talk, 0);
        fx_drained drained = talk_output(&talk, 0);
        assert_true(talk_state(&talk).held);
        assert_false(drained.complete);
        assert_int_equal(drained.kept, drained.seen < 100000 ? drained.seen : 100000);
        assert_pattern(drained.data, drained.kept, 1, 0);
        (void)talk_end(&talk);
    }
}

/* One stream is held, the other is not. */
static void one_of_two(void **state) {
    (void)state;
    EACH_WAY {
        struct talk talk;
        talk_begin(&talk, ARGV("talk", "err", "10", "leave", "close", "1", "await", "3"));
        set_linger(&talk, 20);
        talk_run(&talk, 0);
        assert_true(talk_state(&talk).held);
        assert_captured(&talk, 0, 0);
        assert_false(talk_output(&talk, 1).complete);
        assert_int_equal(talk_output(&talk, 1).kept, 10);
        (void)talk_end(&talk);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_grandchild_that_holds_them),
        cmocka_unit_test(the_usual_linger),
        cmocka_unit_test(nobody_holds_them),
        cmocka_unit_test(all_that_is_there_is_read),
        cmocka_unit_test(what_comes_later_is_read),
        cmocka_unit_test(deadlines_are_for_the_child),
        cmocka_unit_test(a_stop_ends_the_linger),
        cmocka_unit_test(a_grandchild_that_writes_for_ever),
        cmocka_unit_test(one_of_two),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
