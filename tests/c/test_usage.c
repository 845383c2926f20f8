/* SPDX-License-Identifier: MIT
 *
 * What a child used, and how long it took.
 */
#include <errno.h>
#include <time.h>
#include <unistd.h>

#include "support.h"

#define EACH_VARIANT(name) for (int name = 0; name < 2; name++)

static fx_command variant(char *const argv[], int without_pidfd) {
    fx_command command = command_of(argv);
    command.without_pidfd = without_pidfd;
    return command;
}

static long long now(void) {
    struct timespec time;
    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &time), 0);
    return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void the_processor_is_counted(void **state) {
    (void)state;
    EACH_VARIANT(pid) {
        fx_command busy = variant(ARGV("act", "burn", "60"), pid);
        fx_command idle = variant(ARGV("act", "exit", "0"), pid);
        fx_exit end = run(&busy);
        assert_true(end.usage.user_time + end.usage.system_time >= 60000000);
        end = run(&idle);
        assert_true(end.usage.user_time + end.usage.system_time < 60000000);
    }
}

static void memory_is_counted(void **state) {
    (void)state;
    enum { SIZE = 32 << 20, PAGES = SIZE / 65536 };
    EACH_VARIANT(pid) {
        fx_command command = variant(ARGV("act", "touch", "33554432"), pid);
        fx_exit end = run(&command);
        assert_int_equal(end.code, 0);
        assert_true(end.usage.max_resident >= SIZE);
        /* In whatever pages they come. */
        assert_true(end.usage.minor_faults > 0);
        assert_true(end.usage.major_faults >= 0);
        assert_true(end.usage.voluntary_switches >= 0);
    }
}

static void waiting_is_switching(void **state) {
    (void)state;
    fx_command command = variant(ARGV("act", "hold"), 0);
    command.stdio[0].kind = FX_STDIO_PIPE;
    fx_child child = start(&command);
    assert_int_equal(close(child.stdio[0]), 0);
    child.stdio[0] = -1;
    fx_exit end = finish(&child);
    assert_true(end.usage.voluntary_switches + end.usage.involuntary_switches >= 0);
    assert_true(end.usage.block_inputs >= 0);
    assert_true(end.usage.block_outputs >= 0);
}

/* It is as long as it was when its end was first seen. */
static void the_duration_is_measured_once(void **state) {
    (void)state;
    EACH_VARIANT(pid) {
        fx_command command = variant(ARGV("act", "hold"), pid);
        command.stdio[0].kind = FX_STDIO_PIPE;
        long long before = now();
        fx_child child = start(&command);
        long long started = now();
        long long released = now();
        assert_int_equal(close(child.stdio[0]), 0);
        child.stdio[0] = -1;
        fx_exit first = {.size = sizeof first}, last = {.size = sizeof last};
        assert_int_equal(fx_wait(&child, -1, FX_WAIT_NO_REAP, &first), 0);
        long long after = now();
        assert_int_equal(fx_wait(&child, -1, 0, &last), 0);
        assert_true(first.duration >= released - started);
        assert_true(first.duration <= after - before);
        assert_int_equal(last.duration, first.duration);
        assert_int_equal(fx_wait(&child, 0, 0, &last), 0);
        assert_int_equal(last.duration, first.duration);
        fx_child_close(&child);
    }
}

#ifdef __linux__
static void it_is_known_before_the_reaping(void **state) {
    (void)state;
    EACH_VARIANT(pid) {
        fx_command command = variant(ARGV("act", "burn", "30"), pid);
        fx_child child = start(&command);
        fx_exit seen = {.size = sizeof seen}, end = {.size = sizeof end};
        assert_int_equal(fx_wait(&child, -1, FX_WAIT_NO_REAP, &seen), 0);
        assert_int_equal(fx_wait(&child, -1, 0, &end), 0);
        assert_true(end.usage.user_time + end.usage.system_time >= 30000000);
        if (seen.usage.max_resident != 0) {
            assert_int_equal(seen.usage.user_time, end.usage.user_time);
            assert_int_equal(seen.usage.system_time, end.usage.system_time);
            assert_int_equal(seen.usage.max_resident, end.usage.max_resident);
        }
        fx_child_close(&child);
    }
}
#endif

static void a_caller_may_not_know_of_it(void **state) {
    (void)state;
    struct {
        size_t size;
        int code;
        int signal;
        bool core_dumped;
        unsigned char beyond[64];
    } older = {.size = offsetof(fx_exit, duration)};
    fx_command command = command_of(ARGV("act", "exit", "3"));
    fx_child child = start(&command);
    assert_int_equal(fx_wait(&child, -1, 0, (fx_exit *)(void *)&older), 0);
    assert_int_equal(older.code, 3);
    for (size_t i = older.size; i < sizeof older; i++)
        assert_int_equal(((unsigned char *)&older)[i], 0);
    fx_child_close(&child);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_processor_is_counted),
        cmocka_unit_test(memory_is_counted),
        cmocka_unit_test(waiting_is_switching),
        cmocka_unit_test(the_duration_is_measured_once),
#ifdef __linux__
        cmocka_unit_test(it_is_known_before_the_reaping),
#endif
        cmocka_unit_test(a_caller_may_not_know_of_it),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
