/* SPDX-License-Identifier: MIT
 *
 * Running a drain: in pieces, from a loop of the caller's own, interrupted.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "draining.h"

/* ---- a loop of one's own ---- */

/* How often it went round, until the drain's result was not that it goes on. */
static int go_round(fx_drain *drain, int *result) {
    enum { ROOM = 16 };
    struct pollfd list[ROOM];
    int rounds = 0, timeout;
    for (;; rounds++) {
        size_t count = fx_drain_interest(drain, list, ROOM, &timeout);
        assert_in_range(count, 0, ROOM);
        /* Room for less is told of what there is. */
        assert_int_equal(fx_drain_interest(drain, NULL, 0, &timeout), count);
        assert_true(poll(list, (nfds_t)count, timeout) >= 0);
        *result = fx_drain_run(drain, 0, 0);
        if (*result != -ETIMEDOUT)
            return rounds;
    }
}

static void from_a_loop_of_ones_own(void **state) {
    enum { SIZE = 1000000 };
    (void)state;
    unsigned char *bytes = new_pattern(SIZE);
    EACH_WAY {
        struct talk talk;
        int result;
        talk_begin(&talk, ARGV("talk", "echo", "err", "100", "exit", "2"));
        talk_feed(&talk, bytes, SIZE);
        talk_open(&talk);
        (void)go_round(talk.drain, &result);
        assert_int_equal(result, 0);
        assert_captured(&talk, 0, SIZE);
        assert_captured(&talk, 1, 100);
        assert_int_equal(talk_end(&talk).code, 2);
    }
    free(bytes);
}

static void deadlines_from_a_loop_of_ones_own(void **state) {
    (void)state;
    static const fx_rung rungs[] = {{SIGTERM, 10}, {SIGKILL, -1}};
    EACH_WAY {
        struct talk talk;
        int result;
        talk_begin(&talk, ARGV("talk", "ignore", "out", "1", "await", "3"));
        talk.options.ladder =
            (fx_ladder){.size = sizeof(fx_ladder), .rungs = rungs, .rung_count = 2};
        talk_until(&talk, 0, 1);
        fx_drain_stop(talk.drain);
        /* It is said that something is to be done at once. */
        int timeout;
        (void)fx_drain_interest(talk.drain, NULL, 0, &timeout);
        assert_int_equal(timeout, 0);
        (void)go_round(talk.drain, &result);
        assert_int_equal(result, 0);
        assert_int_equal(talk_end(&talk).signal, SIGKILL);
    }
}

/* Nothing happens, so it is not told to go round; by pid it looks in growing steps. */
static void nothing_to_do_is_no_reason_to_run(void **state) {
    (void)state;
    struct talk talk;
    struct pollfd list[8];
    int timeout;
    talk_begin(&talk, ARGV("talk", "out", "1", "await", "3"));
    talk_until(&talk, 0, 1);
    assert_int_equal(fx_drain_run(talk.drain, 0, 0), -ETIMEDOUT);
    size_t count = fx_drain_interest(talk.drain, list, 8, &timeout);
    assert_int_equal(count, talk.child.pidfd >= 0 ? 3 : 2);
    assert_true(talk.child.pidfd >= 0 ? timeout == -1 : timeout > 0);
    assert_int_equal(poll(list, (nfds_t)count, 0), 0);
    talk_release(&talk);
    talk_run(&talk, 0);
    /* All is over, and there is nothing left to wait for. */
    count = fx_drain_interest(talk.drain, list, 8, &timeout);
    assert_int_equal(count, 0);
    assert_int_equal(timeout, 0);
    (void)talk_end(&talk);
}

static void in_pieces(void **state) {
    (void)state;
    EACH_WAY {
        struct talk talk;
        talk_begin(&talk, ARGV("talk", "out", "500000", "await", "3"));
        talk_open(&talk);
        assert_int_equal(fx_drain_run(talk.drain, 0, 0), -ETIMEDOUT);
        unsigned long long before = 0;
        while (before < 500000) {
            assert_int_equal(fx_drain_run(talk.drain, 1, 0), -ETIMEDOUT);
            fx_drained now = talk_output(&talk, 0);
            assert_true(now.seen >= before);
            assert_pattern(now.data, now.kept, 1, 0);
            before = now.seen;
        }
        assert_int_equal(talk_state(&talk).ending, FX_ENDING_NONE);
        talk_release(&talk);
        talk_run(&talk, 0);
        assert_captured(&talk, 0, 500000);
        (void)talk_end(&talk);
    }
}

/* ---- interruptions ---- */

static atomic_bool enough;
static void interrupt(int number) { (void)number; }

static void *keep_interrupting(void *thread) {
    while (!enough) {
        (void)pthread_kill(*(pthread_t *)thread, SIGUSR1);
        (void)sched_yield();
    }
    return NULL;
}

static void interruptions(void **state) {
    (void)state;
    struct sigaction action = {.sa_handler = interrupt}, before;
    pthread_t self = pthread_self(), thread;
    (void)sigemptyset(&action.sa_mask);
    assert_int_equal(sigaction(SIGUSR1, &action, &before), 0);
    EACH_WAY {
        struct talk talk;
        talk_begin(&talk, ARGV("talk", "out", "100000", "await", "3"));
        talk_open(&talk);
        enough = false;
        assert_int_equal(pthread_create(&thread, NULL, keep_interrupting, &self), 0);
        /* Who wants to hear of them does; */
        int result;
        while ((result = fx_drain_run(talk.drain, LONG, FX_DRAIN_INTERRUPTIBLE)) != -EINTR)
            assert_int_equal(result, -ETIMEDOUT);
        /* who does not gets what he asked for: so much time, and then the end. */
        assert_int_equal(fx_drain_run(talk.drain, 20, 0), -ETIMEDOUT);
        talk_release(&talk);
        talk_run(&talk, 0);
        enough = true;
        assert_int_equal(pthread_join(thread, NULL), 0);
        assert_captured(&talk, 0, 100000);
        (void)talk_end(&talk);
    }
    assert_int_equal(sigaction(SIGUSR1, &before, NULL), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_a_loop_of_ones_own),
        cmocka_unit_test(deadlines_from_a_loop_of_ones_own),
        cmocka_unit_test(nothing_to_do_is_no_reason_to_run),
        cmocka_unit_test(in_pieces),
        cmocka_unit_test(interruptions),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
