/* SPDX-License-Identifier: MIT
 *
 * What the drain feeds: from memory and from descriptors, to children that take it and that do not.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "draining.h"

static void assert_fed(const struct talk *talk, size_t size, int code) {
    assert_int_equal(talk_state(talk).fed, size);
    assert_int_equal(talk_state(talk).feed_code, code);
}

/* Fed and read at once: whoever does one after the other hangs as soon as the pipes are full. */
static void echo(size_t size) {
    unsigned char *bytes = new_pattern(size);
    struct talk talk;
    talk_begin(&talk, ARGV("talk", "echo"));
    talk_feed(&talk, bytes, size);
    talk_run(&talk, 0);
    assert_captured(&talk, 0, size);
    assert_fed(&talk, size, 0);
    assert_int_equal(talk_end(&talk).code, 0);
    free(bytes);
}

static void bytes_come_back(void **state) {
    static const size_t sizes[] = {0, 1, 4096, 65535, 65536, 65537, 1000000, 20000000};
    (void)state;
    EACH_WAY
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        echo(sizes[i]);
}

/* No bytes are needed to see the end of them. */
static void an_empty_input_ends(void **state) {
    (void)state;
    EACH_WAY {
        struct talk talk;
        talk_begin(&talk, ARGV("talk", "read", "out", "5"));
        talk_feed(&talk, NULL, 0);
        talk_run(&talk, 0);
        assert_captured(&talk, 0, 5);
        assert_fed(&talk, 0, 0);
        (void)talk_end(&talk);
    }
}

/* ---- from a descriptor ---- */

static void feed_from(struct talk *talk, int source) {
    talk->input =
        (fx_input){.descriptor = talk->child.stdio[0], .from_descriptor = true, .source = source};
    talk->options.input = &talk->input;
}

static void a_file_is_fed(void **state) {
    enum { SIZE = 300000 };
    (void)state;
    unsigned char *bytes = new_pattern(SIZE);
    int file = new_file();
    assert_int_equal(write(file, bytes, SIZE), SIZE);
    EACH_WAY {
        struct talk talk;
        assert_int_equal(lseek(file, 0, SEEK_SET), 0);
        talk_begin(&talk, ARGV("talk", "echo"));
        feed_from(&talk, file);
        talk_run(&talk, 0);
        assert_captured(&talk, 0, SIZE);
        assert_fed(&talk, SIZE, 0);
        (void)talk_end(&talk);
        /* It stays the caller's. */
        assert_int_equal(lseek(file, 0, SEEK_CUR), SIZE);
    }
    (void)close(file);
    free(bytes);
}

/* What comes is passed on as it comes, and the end when it comes. */
static void a_slow_source(void **state) {
    (void)state;
    EACH_WAY {
        struct talk talk;
        int ends[2];
        talk_begin(&talk, ARGV("talk", "echo"));
        new_pipe(ends);
        feed_from(&talk, ends[0]);
        unsigned char *bytes = new_pattern(3);
        for (size_t i = 0; i < 3; i++) {
            assert_int_equal(write(ends[1], bytes + i, 1), 1);
            talk_until(&talk, 0, i + 1);
            assert_fed(&talk, i + 1, 0);
        }
        (void)close(ends[1]);
        talk_run(&talk, 0);
        assert_captured(&talk, 0, 3);
        assert_false(fcntl(ends[0], F_GETFL) & O_NONBLOCK);
        free(bytes);
        (void)close(ends[0]);
        (void)talk_end(&talk);
    }
}

static void a_source_that_cannot_be_read(void **state) {
    (void)state;
    struct talk talk;
    int folder = open("/", O_RDONLY | O_CLOEXEC);
    talk_begin(&talk, ARGV("talk", "echo"));
    feed_from(&talk, folder);
    talk_run(&talk, 0);
    assert_captured(&talk, 0, 0);
    assert_fed(&talk, 0, -EISDIR);
    assert_int_equal(talk_end(&talk).code, 0);
    (void)close(folder);
}

/* ---- a child that does not take it ---- */

static volatile sig_atomic_t caught;
static void catch (int number) { caught = number; }

enum disposition { DEFAULT, IGNORED, CAUGHT, BLOCKED, PENDING };

static bool is_waiting(void) {
    sigset_t pending;
    assert_int_equal(sigpending(&pending), 0);
    return sigismember(&pending, SIGPIPE) == 1;
}

static void be(enum disposition how) {
    sigset_t pipe;
    (void)sigemptyset(&pipe);
    (void)sigaddset(&pipe, SIGPIPE);
    (void)signal(SIGPIPE, how == IGNORED ? SIG_IGN : how == DEFAULT ? SIG_DFL : catch);
    assert_int_equal(pthread_sigmask(how >= BLOCKED ? SIG_BLOCK : SIG_UNBLOCK, &pipe, NULL), 0);
    caught = 0;
    if (how == PENDING)
        assert_int_equal(raise(SIGPIPE), 0);
}

/* As a careless drain would do it: it is seen that this would show. */
static void break_a_pipe(void) {
    int ends[2];
    new_pipe(ends);
    (void)close(ends[0]);
    assert_int_equal(write(ends[1], "x", 1), -1);
    (void)close(ends[1]);
}

/* gotcha 18 */
static void a_lost_reader_is_an_error_and_no_signal(void **state) {
    enum { SIZE = 1000000 };
    (void)state;
    unsigned char *bytes = new_pattern(SIZE);
    for (enum disposition how = DEFAULT; how <= PENDING; how++)
        EACH_WAY {
            struct talk talk;
            be(how);
            talk_begin(&talk, ARGV("talk", "take", "10", "close", "0", "out", "100"));
            talk_feed(&talk, bytes, SIZE);
            talk_run(&talk, 0);
            assert_captured(&talk, 0, 100);
            assert_int_equal(talk_state(&talk).feed_code, -EPIPE);
            assert_in_range(talk_state(&talk).fed, 10, SIZE - 1);
            assert_int_equal(caught, 0);
            assert_int_equal(is_waiting(), how == PENDING);
            assert_int_equal(talk_end(&talk).code, 0);
            /* Who was pending before is so still. */
            if (how == PENDING) {
                be(CAUGHT);
                be(DEFAULT);
            }
        }
    be(CAUGHT);
    break_a_pipe();
    assert_int_equal(caught, SIGPIPE);
    be(DEFAULT);
    free(bytes);
}

/* The end of a child that has read nothing of it is no reason to wait for anybody. */
static void a_child_that_ends_unfed(void **state) {
    enum { SIZE = 1000000 };
    (void)state;
    unsigned char *bytes = new_pattern(SIZE);
    EACH_WAY {
        struct talk talk;
        talk_begin(&talk, ARGV("talk", "exit", "4"));
        assert_int_equal(fx_wait(&talk.child, LONG, FX_WAIT_NO_REAP, NULL), 0);
        talk_feed(&talk, bytes, SIZE);
        talk_run(&talk, 0);
        assert_fed(&talk, 0, -EPIPE);
        assert_int_equal(talk_end(&talk).code, 4);
    }
    free(bytes);
}

/* It is noticed while there is nothing to write, too. */
static void a_reader_lost_while_the_source_is_silent(void **state) {
    (void)state;
    EACH_WAY {
        int ends[2];
        struct talk talk;
        new_pipe(ends);
        talk_begin(&talk, ARGV("talk", "close", "0", "out", "1", "await", "3"));
        feed_from(&talk, ends[0]);
        talk_open(&talk);
        while (talk_state(&talk).feed_code == 0)
            assert_int_equal(fx_drain_run(talk.drain, 1, 0), -ETIMEDOUT);
        assert_fed(&talk, 0, -EPIPE);
        talk_release(&talk);
        talk_run(&talk, 0);
        (void)talk_end(&talk);
        (void)close(ends[0]);
        (void)close(ends[1]);
    }
}

/* A grandchild could still read: but the drain is for the child. */
static void what_is_unfed_when_the_child_ends_stays_so(void **state) {
    enum { SIZE = 1000000 };
    (void)state;
    unsigned char *bytes = new_pattern(SIZE);
    EACH_WAY {
        struct talk talk;
        talk_begin(&talk, ARGV("talk", "leave", "await", "3"));
        talk_feed(&talk, bytes, SIZE);
        talk.options.linger = (fx_count)FX_COUNT(0);
        talk_run(&talk, 0);
        assert_int_equal(talk_state(&talk).feed_code, -EPIPE);
        assert_in_range(talk_state(&talk).fed, 0, SIZE - 1);
        assert_true(talk_state(&talk).held);
        (void)talk_end(&talk);
    }
    free(bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_come_back),
        cmocka_unit_test(an_empty_input_ends),
        cmocka_unit_test(a_file_is_fed),
        cmocka_unit_test(a_slow_source),
        cmocka_unit_test(a_source_that_cannot_be_read),
        cmocka_unit_test(a_lost_reader_is_an_error_and_no_signal),
        cmocka_unit_test(a_child_that_ends_unfed),
        cmocka_unit_test(a_reader_lost_while_the_source_is_silent),
        cmocka_unit_test(what_is_unfed_when_the_child_ends_stays_so),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
