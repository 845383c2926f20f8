/* SPDX-License-Identifier: MIT
 *
 * What the drain writes on, to descriptors that take nothing for a while, or for ever.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "draining.h"

/* Without waiting for room; how many bytes it took. */
static size_t fill(int fd) {
    static char bytes[4096];
    size_t size = 0;
    int flags = fcntl(fd, F_GETFL);
    assert_int_equal(fcntl(fd, F_SETFL, flags | O_NONBLOCK), 0);
    for (ssize_t written; (written = write(fd, bytes, sizeof bytes)) > 0;)
        size += (size_t)written;
    assert_int_equal(fcntl(fd, F_SETFL, flags), 0);
    return size;
}

/* The child stands still, but not the clock. */
static void the_deadline_comes_although_one_is_full(void **state) {
    (void)state;
    void (*const makes[])(int ends[2]) = {new_pipe, new_socket};
    EACH_WAY
    for (int i = 0; i < 2; i++) {
        struct talk talk;
        int ends[2];
        talk_begin(&talk, ARGV("talk", "out", "300000", "await", "3"));
        makes[i](ends);
        assert_true(fill(ends[1]) > 0);
        talk_tee(&talk, &ends[1], 1);
        talk.options.timeout = (fx_count)FX_COUNT(20);
        talk.options.linger = (fx_count)FX_COUNT(0);
        talk_run(&talk, 0);
        assert_int_equal(talk_state(&talk).ending, FX_ENDING_TIMEOUT);
        assert_int_equal(talk_output(&talk, 0).tee_code, -ETIMEDOUT);
        assert_blocking(ends[1]);
        (void)close(ends[0]);
        (void)close(ends[1]);
        assert_int_equal(talk_end(&talk).signal, SIGTERM);
    }
}

/* When the child has ended by itself it is waited for, until somebody has had enough of that. */
static void nothing_is_lost_beside_one_that_is_full(void **state) {
    (void)state;
    EACH_WAY
    for (int by_stop = 0; by_stop < 2; by_stop++) {
        struct talk talk;
        int ends[2];
        talk_begin(&talk, ARGV("talk", "out", "100", "err", "100", "out", "50000"));
        new_pipe(ends);
        (void)fill(ends[1]);
        talk_tee(&talk, &ends[1], 1);
        talk.options.linger = (fx_count)FX_COUNT(0);
        if (!by_stop)
            talk.options.timeout = (fx_count)FX_COUNT(200);
        talk_open(&talk);
        if (by_stop) {
            assert_int_equal(fx_wait(&talk.child, LONG, FX_WAIT_NO_REAP, NULL), 0);
            assert_int_equal(fx_drain_run(talk.drain, 20, 0), -ETIMEDOUT);
            assert_int_equal(talk_output(&talk, 0).tee_code, 0);
            fx_drain_stop(talk.drain);
        }
        talk_run(&talk, 0);
        assert_captured(&talk, 0, 50100);
        assert_int_equal(talk_output(&talk, 0).tee_code, -ETIMEDOUT);
        /* It was the tee that was waited for, and nobody else. */
        assert_false(talk_state(&talk).held);
        assert_int_equal(talk_state(&talk).ending, FX_ENDING_EXIT);
        (void)close(ends[0]);
        (void)close(ends[1]);
        assert_int_equal(talk_end(&talk).code, 0);
    }
}

/* However short the linger is, a reader that does read gets everything. */
static void a_slow_one_is_waited_for(void **state) {
    (void)state;
    EACH_WAY {
        struct talk talk;
        struct listener listener;
        int ends[2];
        talk_begin(&talk, ARGV("talk", "out", "60000"));
        new_pipe(ends);
        size_t before = fill(ends[1]);
        talk_tee(&talk, &ends[1], 1);
        talk.options.linger = (fx_count)FX_COUNT(0);
        talk_open(&talk);
        assert_int_equal(fx_wait(&talk.child, LONG, FX_WAIT_NO_REAP, NULL), 0);
        assert_int_equal(fx_drain_run(talk.drain, 20, 0), -ETIMEDOUT);
        for (char bytes[4096]; before > 0; before -= sizeof bytes)
            assert_int_equal(read(ends[0], bytes, sizeof bytes), sizeof bytes);
        begin_to_listen(&listener, ends[0]);
        talk_run(&talk, 0);
        assert_captured(&talk, 0, 60000);
        assert_int_equal(talk_output(&talk, 0).tee_code, 0);
        (void)close(ends[1]);
        assert_heard(&listener, 60000);
        (void)close(ends[0]);
        (void)talk_end(&talk);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_deadline_comes_although_one_is_full),
        cmocka_unit_test(nothing_is_lost_beside_one_that_is_full),
        cmocka_unit_test(a_slow_one_is_waited_for),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
