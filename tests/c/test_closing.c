/* SPDX-License-Identifier: MIT
 *
 * What the child does not get: every descriptor that was not asked for.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "support.h"

/* A descriptor that would be inherited by a child of anybody's. */
static int leaky_file_at(int fd) {
    (void)new_file_at(fd);
    assert_int_equal(fcntl(fd, F_SETFD, 0), 0);
    return fd;
}

static void what_was_not_asked_for_is_closed(void **state) {
    (void)state;
    int leaky = leaky_file_at(20), quiet = new_file_at(21);
    fx_command command = command_of(NULL);
    char *report = see(&command);
    assert_saw(report, "descriptors 0 1 2");
    free(report);
    (void)close(leaky);
    (void)close(quiet);
}

/* The control: such a descriptor is seen when others are inherited, so the test above can fail. */
static void others_are_inherited_on_request(void **state) {
    (void)state;
    int leaky = leaky_file_at(20), quiet = new_file_at(21);
    fx_command command = command_of(NULL);
    command.inherit_others = true;
    char *report = see(&command);
    assert_saw_file(report, leaky, leaky);
    assert_saw(report, "descriptors 0 1 2 20");
    free(report);
    (void)close(leaky);
    (void)close(quiet);
}

static void kept_ones_arrive_inheritable(void **state) {
    (void)state;
    int first = new_file_at(20), second = leaky_file_at(22), other = leaky_file_at(21);
    fx_command command = command_of(NULL);
    command.keep = (int[]){22, 20, 22};
    command.keep_count = 3;
    char *report = see(&command);
    assert_saw(report, "descriptors 0 1 2 20 22");
    assert_saw_file(report, 20, 20);
    assert_saw_file(report, 22, 22);
    free(report);
    assert_int_equal(fcntl(20, F_GETFD), FD_CLOEXEC);
    (void)close(first);
    (void)close(second);
    (void)close(other);
}

static void standard_streams_may_be_kept(void **state) {
    (void)state;
    fx_command command = command_of(NULL);
    command.keep = (int[]){0, 1, 2};
    command.keep_count = 3;
    char *report = see(&command);
    assert_saw(report, "descriptors 0 1 2");
    free(report);
}

/* gotcha 27: adjacent numbers leave an empty range between them, which close_range refuses */
static void adjacent_numbers_leave_empty_ranges(void **state) {
    (void)state;
    int files[6];
    for (int i = 0; i < 6; i++)
        files[i] = leaky_file_at(20 + i);
    fx_command command = command_of(NULL);
    command.keep = (int[]){20, 21, 22, 24};
    command.keep_count = 4;
    char *report = see(&command);
    assert_saw(report, "descriptors 0 1 2 20 21 22 24");
    free(report);
    /* And from the first number on. */
    command.map = (fx_map[]){{3, 20}, {4, 21}, {5, 22}};
    command.map_count = 3;
    command.keep_count = 0;
    report = see(&command);
    assert_saw(report, "descriptors 0 1 2 3 4 5");
    free(report);
    for (int i = 0; i < 6; i++)
        (void)close(files[i]);
}

static void exempt_ones_are_left_alone(void **state) {
    (void)state;
    int leaky = leaky_file_at(20), quiet = new_file_at(21), other = leaky_file_at(22);
    fx_command command = command_of(NULL);
    command.exempt = (int[]){21, 20, 4000};
    command.exempt_count = 3;
    char *report = see(&command);
    assert_saw(report, "descriptors 0 1 2 20");
    free(report);
    (void)close(leaky);
    (void)close(quiet);
    (void)close(other);
}

static void named_ones_are_closed_even_when_others_are_not(void **state) {
    (void)state;
    int leaky = leaky_file_at(20), other = leaky_file_at(21);
    fx_command command = command_of(NULL);
    command.inherit_others = true;
    command.close = (int[]){20};
    command.close_count = 1;
    char *report = see(&command);
    assert_saw(report, "descriptors 0 1 2 21");
    free(report);
    (void)close(leaky);
    (void)close(other);
}

static void a_standard_stream_may_be_closed(void **state) {
    (void)state;
    for (int others = 0; others < 2; others++) {
        fx_command command = command_of(NULL);
        command.close = (int[]){0, 2};
        command.close_count = 2;
        command.inherit_others = others;
        command.stdio[1].kind = FX_STDIO_NULL;
        char *report = see(&command);
        assert_saw(report, "descriptors 1");
        free(report);
    }
}

static void many_are_closed(void **state) {
    enum { FIRST = 100, COUNT = 800 };
    (void)state;
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(fcntl(0, F_DUPFD, FIRST + i), FIRST + i);
    fx_command command = command_of(NULL);
    command.keep = (int[]){FIRST, FIRST + 1, FIRST + 400, FIRST + COUNT - 1};
    command.keep_count = 4;
    char *report = see(&command);
    assert_saw(report, "descriptors 0 1 2 100 101 500 899");
    free(report);
    for (int i = 0; i < COUNT; i++)
        (void)close(FIRST + i);
}

/* gotcha 28: descriptors can lie above a limit that was lowered after they were opened */
static void descriptors_above_a_lowered_limit_are_closed(void **state) {
    (void)state;
    int high = leaky_file_at(900), low = leaky_file_at(20);
    struct rlimit before, lowered;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    lowered = before;
    lowered.rlim_cur = 64;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &lowered), 0);
    fx_command command = command_of(NULL);
    char *report = see(&command);
    assert_saw(report, "descriptors 0 1 2");
    free(report);
    /* A kept one may be there too. */
    command.keep = &high;
    command.keep_count = 1;
    report = see(&command);
    assert_saw(report, "descriptors 0 1 2 900");
    free(report);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    (void)close(high);
    (void)close(low);
}

/* gotcha 28: the walk through /proc must not need free numbers that there are not */
static void a_full_table_is_closed(void **state) {
    (void)state;
    struct rlimit before, lowered;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    int folder = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC), last = -1, count = 0;
    lowered = before;
    lowered.rlim_cur = 70;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &lowered), 0);
    int filled[70];
    while ((last = fcntl(0, F_DUPFD, 3)) >= 0)
        filled[count++] = last;
    /* One for this library's pidfd, two for the pipe of a report, one for the helper's plan. */
    for (int i = 0; i < (tested_mechanism() == FX_MECHANISM_HELPER ? 4 : 3); i++)
        (void)close(filled[--count]);
    fx_command command = command_of(ARGV("act", "exit", "3"));
    fx_child child = start(&command);
    assert_int_equal(finish(&child).code, 3);
    while (count)
        (void)close(filled[--count]);
    (void)close(folder);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
}

static void the_engine_leaves_nothing_of_its_own(void **state) {
    (void)state;
    fx_command command = command_of(NULL);
    command.inherit_others = true;
    for (int fd = 0; fd < 3; fd++)
        command.stdio[fd].kind = FX_STDIO_PIPE;
    char *report = see(&command);
    assert_saw(report, "descriptors 0 1 2");
    free(report);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_not_asked_for_is_closed),
        cmocka_unit_test(others_are_inherited_on_request),
        cmocka_unit_test(kept_ones_arrive_inheritable),
        cmocka_unit_test(standard_streams_may_be_kept),
        cmocka_unit_test(adjacent_numbers_leave_empty_ranges),
        cmocka_unit_test(exempt_ones_are_left_alone),
        cmocka_unit_test(named_ones_are_closed_even_when_others_are_not),
        cmocka_unit_test(a_standard_stream_may_be_closed),
        cmocka_unit_test(many_are_closed),
        cmocka_unit_test(descriptors_above_a_lowered_limit_are_closed),
        cmocka_unit_test(a_full_table_is_closed),
        cmocka_unit_test(the_engine_leaves_nothing_of_its_own),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
