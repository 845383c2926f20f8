/* SPDX-License-Identifier: MIT
 *
 * When the drain stops children: deadlines, being asked to, and ladders that end before they do.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>

#include "draining.h"

static void set_ladder(struct talk *talk, const fx_rung *rungs, size_t count) {
    talk->options.ladder =
        (fx_ladder){.size = sizeof(fx_ladder), .rungs = rungs, .rung_count = count};
}

static void assert_stopped(struct talk *talk, fx_ending ending, int signal) {
    fx_drain_state state = talk_state(talk);
    assert_int_equal(state.ending, ending);
    assert_int_equal(state.stopped_by, signal);
    assert_int_equal(state.stop_code, 0);
    assert_reaped(&talk->child);
    assert_int_equal(talk_end(talk).signal, signal);
}

static void a_deadline(void **state) {
    (void)state;
    static const unsigned long long timeouts[] = {0, 1, 30};
    EACH_WAY
    for (size_t i = 0; i < 3; i++) {
        struct talk talk;
        talk_begin(&talk, ARGV("talk", "out", "10", "await", "3"));
        talk.options.timeout = (fx_count)FX_COUNT(timeouts[i]);
        talk_run(&talk, 0);
        assert_stopped(&talk, FX_ENDING_TIMEOUT, SIGTERM);
    }
}

/* It begins when the drain is opened, and not when it runs. */
static void a_deadline_that_passed_before_it_ran(void **state) {
    (void)state;
    struct talk talk;
    talk_begin(&talk, ARGV("talk", "await", "3"));
    talk.options.timeout = (fx_count)FX_COUNT(1);
    talk_open(&talk);
    (void)poll(NULL, 0, 5);
    /* The child may be quicker than the look that follows its signal. */
    int result = fx_drain_run(talk.drain, 0, 0);
    assert_true(result == -ETIMEDOUT || result == 0);
    assert_int_equal(talk_state(&talk).ending, FX_ENDING_TIMEOUT);
    talk_run(&talk, 0);
    assert_stopped(&talk, FX_ENDING_TIMEOUT, SIGTERM);
}

static void deadlines_that_never_come(void **state) {
    (void)state;
    static const unsigned long long timeouts[] = {~0ULL, ~0ULL / 2, ~0ULL / 1000, 1ULL << 53, LONG};
    for (size_t i = 0; i < sizeof timeouts / sizeof timeouts[0]; i++) {
        struct talk talk;
        talk_begin(&talk, ARGV("talk", "out", "10", "exit", "3"));
        talk.options.timeout = talk.options.idle_timeout = talk.options.linger =
            (fx_count)FX_COUNT(timeouts[i]);
        talk_run(&talk, 0);
        assert_int_equal(talk_state(&talk).ending, FX_ENDING_EXIT);
        assert_int_equal(talk_end(&talk).code, 3);
    }
}

static void silence(void **state) {
    (void)state;
    EACH_WAY {
        struct talk talk;
        talk_begin(&talk, ARGV("talk", "out", "10", "err", "20", "await", "3"));
        talk.options.idle_timeout = (fx_count)FX_COUNT(30);
        talk_run(&talk, 0);
        assert_captured(&talk, 0, 10);
        assert_captured(&talk, 1, 20);
        assert_stopped(&talk, FX_ENDING_IDLE_TIMEOUT, SIGTERM);
    }
}

/* Who has nothing left to be silent on. */
static void silence_of_closed_streams(void **state) {
    (void)state;
    EACH_WAY {
        struct talk talk;
        talk_begin(&talk, ARGV("talk", "close", "1", "close", "2", "await", "3"));
        talk.options.idle_timeout = (fx_count)FX_COUNT(30);
        talk_run(&talk, 0);
        assert_stopped(&talk, FX_ENDING_IDLE_TIMEOUT, SIGTERM);
    }
}

static void who_ends_in_time_is_not_stopped(void **state) {
    (void)state;
    EACH_WAY {
        struct talk talk;
        talk_begin(&talk, ARGV("talk", "out", "10", "exit", "3"));
        assert_int_equal(fx_wait(&talk.child, LONG, FX_WAIT_NO_REAP, NULL), 0);
        talk.options.timeout = talk.options.idle_timeout = (fx_count)FX_COUNT(0);
        talk_open(&talk);
        fx_drain_stop(talk.drain);
        talk_run(&talk, 0);
        fx_drain_state end = talk_state(&talk);
        /* Without a pidfd it is seen at once that it has ended, with one after the first look. */
        assert_true(by_pid ? end.ending == FX_ENDING_EXIT : end.ending != FX_ENDING_NONE);
        assert_captured(&talk, 0, 10);
        assert_int_equal(talk_end(&talk).code, 3);
    }
}

static void being_asked_to(void **state) {
    (void)state;
    EACH_WAY {
        struct talk talk;
        talk_begin(&talk, ARGV("talk", "out", "10", "await", "3"));
        talk_until(&talk, 0, 10);
        fx_drain_stop(talk.drain);
        assert_int_equal(talk_state(&talk).ending, FX_ENDING_NONE);
        talk_run(&talk, 0);
        assert_captured(&talk, 0, 10);
        assert_stopped(&talk, FX_ENDING_STOP, SIGTERM);
    }
}

/* Whoever writes what nobody wants is told so by the kernel. */
static void an_output_is_hung_up(void **state) {
    (void)state;
    EACH_WAY {
        struct talk talk;
        talk_begin(&talk, ARGV("talk", "err", "10", "flood"));
        talk.outputs[0].most = (fx_count)FX_COUNT(1000);
        talk_until(&talk, 1, 10);
        talk_until(&talk, 0, 10);
        assert_int_equal(fx_drain_hang_up(talk.drain, 2), -ENOENT);
        assert_int_equal(fx_drain_hang_up(talk.drain, 0), 0);
        assert_int_equal(fx_drain_hang_up(talk.drain, 0), 0);
        talk_run(&talk, 0);
        assert_int_equal(talk_state(&talk).ending, FX_ENDING_EXIT);
        assert_false(talk_output(&talk, 0).complete);
        assert_int_equal(talk_output(&talk, 0).code, 0);
        assert_true(talk_output(&talk, 0).kept >= 10);
        assert_captured(&talk, 1, 10);
        assert_int_equal(talk_end(&talk).signal, SIGPIPE);
    }
}

static void the_ladder_is_climbed(void **state) {
    (void)state;
    static const fx_rung rungs[] = {{SIGTERM, 20}, {SIGCONT, 0}, {SIGKILL, -1}};
    EACH_WAY {
        struct talk talk;
        talk_begin(&talk, ARGV("talk", "ignore", "out", "10", "await", "3"));
        set_ladder(&talk, rungs, 3);
        talk_until(&talk, 0, 10);
        fx_drain_stop(talk.drain);
        talk_run(&talk, 0);
        assert_stopped(&talk, FX_ENDING_STOP, SIGKILL);
    }
}

static void a_second_stop_goes_to_the_last_rung(void **state) {
    (void)state;
    static const fx_rung rungs[] = {{SIGTERM, -1}, {SIGUSR1, -1}, {SIGKILL, -1}};
    EACH_WAY {
        struct talk talk;
        talk_begin(&talk, ARGV("talk", "ignore", "out", "10", "await", "3"));
        set_ladder(&talk, rungs, 3);
        talk_until(&talk, 0, 10);
        fx_drain_stop(talk.drain);
        assert_int_equal(fx_drain_run(talk.drain, 20, 0), -ETIMEDOUT);
        assert_int_equal(talk_state(&talk).stopped_by, SIGTERM);
        fx_drain_stop(talk.drain);
        talk_run(&talk, 0);
        assert_stopped(&talk, FX_ENDING_STOP, SIGKILL);
    }
}

/* The second one may also come after a deadline; the ending is still what came first. */
static void a_stop_after_a_deadline(void **state) {
    (void)state;
    static const fx_rung rungs[] = {{SIGTERM, -1}, {SIGKILL, -1}};
    struct talk talk;
    talk_begin(&talk, ARGV("talk", "ignore", "out", "10", "await", "3"));
    set_ladder(&talk, rungs, 2);
    talk_until(&talk, 0, 10);
    fx_drain_close(talk.drain);
    talk.drain = NULL;
    talk.options.output_count = 0;
    talk.options.timeout = (fx_count)FX_COUNT(1);
    talk_open(&talk);
    while (talk_state(&talk).stopped_by == 0)
        assert_int_equal(fx_drain_run(talk.drain, 1, 0), -ETIMEDOUT);
    fx_drain_stop(talk.drain);
    talk_run(&talk, 0);
    assert_stopped(&talk, FX_ENDING_TIMEOUT, SIGKILL);
}

/* gotcha 48 */
static void last_words_are_read(void **state) {
    (void)state;
    EACH_WAY {
        struct talk talk;
        talk_begin(&talk, ARGV("talk", "last", "300000", "out", "10", "await", "3"));
        talk_until(&talk, 0, 10);
        fx_drain_stop(talk.drain);
        talk_run(&talk, 0);
        assert_captured(&talk, 0, 300010);
        assert_int_equal(talk_state(&talk).ending, FX_ENDING_STOP);
        assert_int_equal(talk_end(&talk).code, 3);
    }
}

/* ---- who survives it ---- */

static void a_ladder_that_does_not_kill(void **state) {
    (void)state;
    static const fx_rung rungs[] = {{SIGTERM, 20}};
    EACH_WAY {
        struct talk talk;
        talk_begin(&talk, ARGV("talk", "ignore", "out", "10", "await", "3", "exit", "6"));
        set_ladder(&talk, rungs, 1);
        talk_until(&talk, 0, 10);
        fx_drain_stop(talk.drain);
        for (int i = 0; i < 2; i++)
            talk_run(&talk, -ECANCELED);
        fx_drain_state end = talk_state(&talk);
        assert_int_equal(end.ending, FX_ENDING_STOP);
        assert_int_equal(end.stopped_by, SIGTERM);
        assert_int_equal(end.stop_code, -ETIMEDOUT);
        assert_int_equal(talk_output(&talk, 0).seen, 10);
        /* It is the caller's again. */
        assert_int_equal(fx_wait(&talk.child, 0, 0, NULL), -ETIMEDOUT);
        assert_int_equal(talk_end(&talk).code, 6);
    }
}

static void ladders_that_mean_nothing(void **state) {
    (void)state;
    static const fx_rung rungs[] = {{SIGTERM, 20}};
    struct talk talk;
    talk_begin(&talk, ARGV("talk", "read"));
    set_ladder(&talk, rungs, 0);
    assert_int_equal(fx_drain_open(&talk.options, &talk.drain), -EINVAL);
    set_ladder(&talk, rungs, 1);
    talk.options.ladder.scope.kind = FX_SCOPE_COUNT;
    assert_int_equal(fx_drain_open(&talk.options, &talk.drain), -EINVAL);
    assert_true(talk.child.stdio[1] >= 0);
    (void)talk_end(&talk);
}

/* ---- more than the child ---- */

static void begin_two(struct talk *talk, const fx_rung *rungs, size_t count) {
    fx_command command = command_of(ARGV("talk", "split", "ignore", "out", "10", "await", "3"));
    command.process_group = (fx_number)FX_NUMBER(0);
    talk_start(talk, command);
    set_ladder(talk, rungs, count);
    talk->options.ladder.scope.kind = FX_SCOPE_GROUP;
    talk->options.linger = (fx_count)FX_COUNT(0);
    talk_until(talk, 0, 10);
    fx_drain_stop(talk->drain);
}

/* Both have the streams: once these have ended, nobody is left. */
static void the_whole_group_is_dead(void **state) {
    (void)state;
    static const fx_rung rungs[] = {{SIGTERM, 50}, {SIGKILL, -1}};
    EACH_WAY {
        struct talk talk;
        begin_two(&talk, rungs, 2);
        talk_run(&talk, 0);
        assert_int_equal(talk_state(&talk).stopped_by, SIGKILL);
        assert_captured(&talk, 0, 10);
        assert_false(talk_state(&talk).held);
        assert_int_equal(talk_end(&talk).signal, SIGTERM);
    }
}

/* There is nothing to do until the next rung, so nothing is done, however often. */
static void waiting_for_a_rung_is_waiting(void **state) {
    enum { FEW = 300 };
    (void)state;
    static const fx_rung rungs[] = {{SIGTERM, 300}, {SIGKILL, -1}};
    EACH_WAY {
        struct talk talk;
        struct pollfd list[8];
        int timeout, result, count = 0;
        begin_two(&talk, rungs, 2);
        while ((result = fx_drain_run(talk.drain, 0, 0)) == -ETIMEDOUT) {
            size_t interest = fx_drain_interest(talk.drain, list, 8, &timeout);
            assert_in_range(interest, 0, 8);
            (void)poll(list, (nfds_t)interest, timeout);
            assert_true(count++ < FEW);
        }
        assert_int_equal(result, 0);
        (void)talk_end(&talk);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_deadline),
        cmocka_unit_test(a_deadline_that_passed_before_it_ran),
        cmocka_unit_test(deadlines_that_never_come),
        cmocka_unit_test(silence),
        cmocka_unit_test(silence_of_closed_streams),
        cmocka_unit_test(who_ends_in_time_is_not_stopped),
        cmocka_unit_test(being_asked_to),
        cmocka_unit_test(an_output_is_hung_up),
        cmocka_unit_test(the_ladder_is_climbed),
        cmocka_unit_test(a_second_stop_goes_to_the_last_rung),
        cmocka_unit_test(a_stop_after_a_deadline),
        cmocka_unit_test(last_words_are_read),
        cmocka_unit_test(a_ladder_that_does_not_kill),
        cmocka_unit_test(ladders_that_mean_nothing),
        cmocka_unit_test(the_whole_group_is_dead),
        cmocka_unit_test(waiting_for_a_rung_is_waiting),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
