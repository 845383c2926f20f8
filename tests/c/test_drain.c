/* SPDX-License-Identifier: MIT
 *
 * The drain: what a child writes is captured, what it is taken over, and what is refused.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "draining.h"
#include "state.h"

static void both_streams_are_captured(void **state) {
    (void)state;
    EACH_WAY {
        struct talk talk;
        talk_begin(&talk, ARGV("talk", "out", "1000", "err", "2000", "out", "3000", "exit", "7"));
        talk_close_input(&talk);
        talk_run(&talk, 0);
        assert_captured(&talk, 0, 4000);
        assert_captured(&talk, 1, 2000);
        assert_int_equal(talk_state(&talk).ending, FX_ENDING_EXIT);
        assert_false(talk_state(&talk).held);
        assert_int_equal(talk_state(&talk).stopped_by, 0);
        assert_reaped(&talk.child);
        assert_int_equal(talk_end(&talk).code, 7);
    }
}

static void nothing_is_captured_of_who_is_silent(void **state) {
    (void)state;
    EACH_WAY {
        struct talk talk;
        talk_begin(&talk, ARGV("talk", "signal", "9"));
        talk_run(&talk, 0);
        assert_captured(&talk, 0, 0);
        assert_captured(&talk, 1, 0);
        assert_int_equal(talk_end(&talk).signal, 9);
    }
}

/* More than a pipe holds, on both at once: whoever reads them one after the other hangs. */
static void much_on_both_streams(void **state) {
    enum { MUCH = 3000000 };
    (void)state;
    struct talk talk;
    talk_begin(&talk, ARGV("talk", "err", "3000000", "out", "3000000"));
    talk_run(&talk, 0);
    assert_captured(&talk, 0, MUCH);
    assert_captured(&talk, 1, MUCH);
    (void)talk_end(&talk);
}

/* A stream that ends long before the child, and a child that ends long after its streams. */
static void streams_that_are_closed_early(void **state) {
    (void)state;
    EACH_WAY {
        struct talk talk;
        talk_begin(&talk, ARGV("talk", "close", "2", "out", "10", "close", "1", "await", "3"));
        talk_open(&talk);
        while (!talk_output(&talk, 0).complete || !talk_output(&talk, 1).complete)
            assert_int_equal(fx_drain_run(talk.drain, 1, 0), -ETIMEDOUT);
        assert_int_equal(talk_state(&talk).ending, FX_ENDING_NONE);
        talk_release(&talk);
        talk_run(&talk, 0);
        assert_captured(&talk, 0, 10);
        assert_captured(&talk, 1, 0);
        (void)talk_end(&talk);
    }
}

static void what_is_not_stored_is_counted(void **state) {
    (void)state;
    struct talk talk;
    talk_begin(&talk, ARGV("talk", "out", "200000", "err", "5"));
    talk.outputs[0].store = false;
    talk_run(&talk, 0);
    fx_drained drained = talk_output(&talk, 0);
    assert_int_equal(drained.seen, 200000);
    assert_int_equal(drained.kept, 0);
    assert_int_equal(drained.head, 0);
    assert_true(drained.complete);
    assert_captured(&talk, 1, 5);
    (void)talk_end(&talk);
}

static void ends_are_taken_over_and_closed(void **state) {
    (void)state;
    struct talk talk;
    talk_begin(&talk, ARGV("talk", "out", "10"));
    int ends[3];
    memcpy(ends, talk.child.stdio, sizeof ends);
    talk_feed(&talk, "", 0);
    talk.options.output_count = 1;
    talk_open(&talk);
    assert_int_equal(talk.child.stdio[0], -1);
    assert_int_equal(talk.child.stdio[1], -1);
    /* This one was not asked for. */
    assert_int_equal(talk.child.stdio[2], ends[2]);
    assert_true(fcntl(ends[0], F_GETFL) & O_NONBLOCK);
    assert_true(fcntl(ends[1], F_GETFL) & O_NONBLOCK);
    assert_false(fcntl(ends[2], F_GETFL) & O_NONBLOCK);
    fx_drain_close(talk.drain);
    talk.drain = NULL;
    assert_int_equal(fcntl(ends[0], F_GETFD), -1);
    assert_int_equal(fcntl(ends[1], F_GETFD), -1);
    assert_true(fcntl(ends[2], F_GETFD) >= 0);
    (void)talk_end(&talk);
}

/* It neither signals nor waits. */
static void a_drain_that_is_closed_leaves_the_child(void **state) {
    (void)state;
    struct talk talk;
    talk_begin(&talk, ARGV("talk", "out", "10", "await", "3", "exit", "5"));
    talk_until(&talk, 0, 10);
    fx_drain_close(talk.drain);
    talk.drain = NULL;
    fx_drain_close(NULL);
    assert_int_equal(fx_wait(&talk.child, 0, 0, NULL), -ETIMEDOUT);
    assert_int_equal(talk_end(&talk).code, 5);
}

static void the_end_may_be_asked_for_again(void **state) {
    (void)state;
    struct talk talk;
    talk_begin(&talk, ARGV("talk", "out", "10"));
    for (int i = 0; i < 3; i++)
        talk_run(&talk, 0);
    assert_int_equal(fx_drain_run(talk.drain, 0, FX_DRAIN_INTERRUPTIBLE), 0);
    assert_int_equal(fx_drain_run(talk.drain, 0, 2), -EINVAL);
    fx_drained drained = {.size = sizeof drained};
    assert_int_equal(fx_drain_look_at_output(talk.drain, 2, &drained), -ENOENT);
    (void)talk_end(&talk);
}

/* Whoever knows less of the structs than this library gets what he knows. */
static void older_callers(void **state) {
    (void)state;
    struct talk talk;
    talk_begin(&talk, ARGV("talk", "out", "10"));
    talk_run(&talk, 0);
    fx_drain_state told = {.size = offsetof(fx_drain_state, fed), .fed = 77};
    fx_drain_look(talk.drain, &told);
    assert_int_equal(told.ending, FX_ENDING_EXIT);
    assert_int_equal(told.fed, 77);
    assert_int_equal(told.size, offsetof(fx_drain_state, fed));
    fx_drained drained = {.size = offsetof(fx_drained, head), .head = 77};
    assert_int_equal(fx_drain_look_at_output(talk.drain, 0, &drained), 0);
    assert_int_equal(drained.kept, 10);
    assert_int_equal(drained.head, 77);
    (void)talk_end(&talk);
}

static void errno_is_kept(void **state) {
    (void)state;
    struct talk talk;
    talk_begin(&talk, ARGV("talk", "close", "0", "out", "10"));
    talk_feed(&talk, "unread", 6);
    errno = EXDEV;
    talk_run(&talk, 0);
    assert_int_equal(errno, EXDEV);
    fx_drain_close(talk.drain);
    talk.drain = NULL;
    assert_int_equal(errno, EXDEV);
    (void)talk_end(&talk);
}

/* ---- what is refused ---- */

/* Nothing has been taken over then: not even made non-blocking. */
static void assert_refused(struct talk *talk, int code) {
    int ends[3];
    memcpy(ends, talk->child.stdio, sizeof ends);
    talk->drain = (void *)talk;
    char *before = parent_state();
    assert_int_equal(fx_drain_open(&talk->options, &talk->drain), code);
    assert_null(talk->drain);
    assert_memory_equal(talk->child.stdio, ends, sizeof ends);
    for (int i = 0; i < 3; i++)
        assert_false(fcntl(ends[i], F_GETFL) & O_NONBLOCK);
    assert_unchanged(before);
    free(before);
}

#define REFUSED(code, field, ...)                                                                  \
    do {                                                                                           \
        struct talk saved = talk;                                                                  \
        talk.field = __VA_ARGS__;                                                                  \
        assert_refused(&talk, code);                                                               \
        talk = saved;                                                                              \
    } while (0)

static void what_means_nothing_is_refused(void **state) {
    (void)state;
    struct talk talk;
    talk_begin(&talk, ARGV("talk", "read"));
    talk_feed(&talk, "some", 4);
    REFUSED(-EINVAL, options.size, sizeof talk.options - 1);
    REFUSED(-EINVAL, options.children, NULL);
    REFUSED(-EINVAL, options.outputs, NULL);
    REFUSED(-EINVAL, outputs[1].keep, FX_KEEP_COUNT);
    REFUSED(-EINVAL, outputs[1].keep, (fx_keep)-1);
    REFUSED(-EINVAL, outputs[1].tee_count, 1);
    REFUSED(-EINVAL, input.data, NULL);
    talk.options.output_count = 0;
    REFUSED(-EINVAL, options.idle_timeout, (fx_count)FX_COUNT(100));
    talk.options.output_count = 2;
    /* It would be closed twice. */
    REFUSED(-EINVAL, outputs[1].descriptor, talk.outputs[0].descriptor);
    REFUSED(-EINVAL, input.descriptor, talk.outputs[0].descriptor);
    (void)talk_end(&talk);
}

static void what_is_not_open_is_refused(void **state) {
    (void)state;
    static const int none = 999, negative = -1;
    struct talk talk;
    talk_begin(&talk, ARGV("talk", "read"));
    talk_feed(&talk, "some", 4);
    REFUSED(-EBADF, outputs[1].descriptor, none);
    REFUSED(-EBADF, outputs[1].descriptor, negative);
    REFUSED(-EBADF, input.descriptor, none);
    talk.outputs[1].tee_count = 1;
    REFUSED(-EBADF, outputs[1].tee, &none);
    REFUSED(-EBADF, outputs[1].tee, &negative);
    talk.outputs[1].tee_count = 0;
    talk.input.from_descriptor = true;
    REFUSED(-EBADF, input.source, none);
    talk.input.from_descriptor = false;
    (void)talk_end(&talk);
}

static void who_is_no_child_is_refused(void **state) {
    (void)state;
    static fx_child empty = {.size = sizeof empty, .pidfd = -1};
    struct talk talk;
    talk_begin(&talk, ARGV("talk", "read"));
    REFUSED(-ESRCH, children[0], NULL);
    REFUSED(-ESRCH, children[0], &empty);
    (void)talk_end(&talk);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_streams_are_captured),
        cmocka_unit_test(nothing_is_captured_of_who_is_silent),
        cmocka_unit_test(much_on_both_streams),
        cmocka_unit_test(streams_that_are_closed_early),
        cmocka_unit_test(what_is_not_stored_is_counted),
        cmocka_unit_test(ends_are_taken_over_and_closed),
        cmocka_unit_test(a_drain_that_is_closed_leaves_the_child),
        cmocka_unit_test(the_end_may_be_asked_for_again),
        cmocka_unit_test(older_callers),
        cmocka_unit_test(errno_is_kept),
        cmocka_unit_test(what_means_nothing_is_refused),
        cmocka_unit_test(what_is_not_open_is_refused),
        cmocka_unit_test(who_is_no_child_is_refused),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
