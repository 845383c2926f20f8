/* SPDX-License-Identifier: MIT
 *
 * Every allocation of a drain fails once, in turn: it is said, nothing is lost that need not be,
 * and nothing is left. And there are no more of them than there must be. Linked with --wrap, so
 * that the engine's calls come here first.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "draining.h"

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__wrap_realloc(void *block, size_t size);

static int until_failure = -1, failed, allocations;

static bool fails_now(void) {
    allocations++;
    if (until_failure < 0 || until_failure-- > 0)
        return false;
    failed++;
    errno = ENOMEM;
    return true;
}

void *__wrap_malloc(size_t size) { return fails_now() ? NULL : __real_malloc(size); }

void *__wrap_calloc(size_t count, size_t size) {
    return fails_now() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *block, size_t size) {
    return fails_now() ? NULL : __real_realloc(block, size);
}

/* ---- one after the other ---- */

static void assert_nothing_taken(const struct talk *talk) {
    assert_null(talk->drain);
    for (int fd = 0; fd < 3; fd++)
        assert_false(fcntl(talk->child.stdio[fd], F_GETFL) & O_NONBLOCK);
}

/* Bytes that had no room are said to be missing, and counted; what is there is right. */
static void assert_short_of_memory(const struct talk *talk, size_t n, size_t size) {
    fx_drained drained = talk_output(talk, n);
    assert_int_equal(drained.seen, size);
    assert_true(drained.complete);
    assert_true(drained.code == 0 || drained.code == -ENOMEM);
    if (drained.code == 0)
        assert_int_equal(drained.kept, size);
    else
        assert_true(drained.kept < size);
}

/* The number'th allocation fails; whether there was one. */
static bool fail_one(int number, int source) {
    struct talk talk;
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    talk_begin(&talk, ARGV("talk", "out", "30000", "err", "100", "echo"));
    talk.input =
        (fx_input){.descriptor = talk.child.stdio[0], .from_descriptor = true, .source = source};
    talk.options.input = &talk.input;
    talk.outputs[1].tee = &null;
    talk.outputs[1].tee_count = 1;

    failed = 0;
    until_failure = number;
    int result = fx_drain_open(&talk.options, &talk.drain);
    if (result < 0) {
        until_failure = -1;
        assert_int_equal(result, -ENOMEM);
        assert_nothing_taken(&talk);
        talk_open(&talk);
    }
    /* What could not be had now may be there the next time. */
    for (int i = 0; (result = fx_drain_run(talk.drain, LONG, 0)) == -ENOMEM; i++)
        assert_int_equal(i, 0);
    until_failure = -1;
    assert_int_equal(result, 0);
    assert_short_of_memory(&talk, 0, 30000);
    assert_short_of_memory(&talk, 1, 100);
    assert_int_equal(talk_end(&talk).code, 0);
    (void)close(null);
    return failed > 0;
}

static void each_may_fail(void **state) {
    (void)state;
    int number = 0, source = open("/dev/null", O_RDONLY | O_CLOEXEC);
    while (fail_one(number, source))
        number++;
    assert_in_range(number, 10, 30);
    (void)close(source);
}

/* ---- how many there are ---- */

static int allocations_of(char *const argv[], unsigned long long most) {
    struct talk talk;
    talk_begin(&talk, argv);
    for (int i = 0; i < 2; i++)
        talk.outputs[i].most = (fx_count){.set = most > 0, .value = most};
    allocations = 0;
    talk_run(&talk, 0);
    int made = allocations;
    (void)talk_end(&talk);
    return made;
}

static void a_capture_has_few(void **state) {
    /* The drain, its children, which have ended, its streams, rungs; what is polled, and for what;
     * and the bytes of each stream, as long as these are few. */
    enum { FIXED = 7, STORES = 2 };
    (void)state;
    assert_int_equal(allocations_of(ARGV("talk"), 0), FIXED);
    assert_int_equal(allocations_of(ARGV("talk", "out", "1", "err", "1"), 0), FIXED + STORES);
    assert_int_equal(allocations_of(ARGV("talk", "chunk", "9", "out", "4096", "err", "4096"), 0),
                     FIXED + STORES);
    /* However much is written: a bound is a bound of memory. */
    assert_int_equal(allocations_of(ARGV("talk", "out", "1000000", "err", "1000000"), 4096),
                     FIXED + STORES);
    /* The control: more is stored in more. */
    assert_true(allocations_of(ARGV("talk", "out", "1000000"), 0) > FIXED + STORES);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_may_fail),
        cmocka_unit_test(a_capture_has_few),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
