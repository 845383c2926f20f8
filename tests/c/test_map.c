/* SPDX-License-Identifier: MIT
 *
 * The descriptor map, in real processes. That the moves are right for every small map is
 * shown in test_moves.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "support.h"

enum { FILES = 5 };
static int files[FILES];

static void open_files(int at) {
    for (int i = 0; i < FILES; i++)
        files[i] = new_file_at(at + i);
}

static void close_files(void) {
    for (int i = 0; i < FILES; i++)
        (void)close(files[i]);
}

static char *see_map(const fx_map *map, size_t count) {
    fx_command command = command_of(NULL);
    command.map = map;
    command.map_count = count;
    char *report = see(&command);
    for (size_t i = 0; i < count; i++)
        assert_saw_file(report, map[i].child, map[i].parent);
    return report;
}

static void a_number_is_another(void **state) {
    (void)state;
    open_files(20);
    char *report = see_map(&(fx_map){.child = 7, .parent = 20}, 1);
    assert_saw(report, "descriptors 0 1 2 7");
    free(report);
    close_files();
}

/* gotcha 24: a parallel assignment */
static void two_change_places(void **state) {
    (void)state;
    open_files(20);
    char *report = see_map((fx_map[]){{20, 21}, {21, 20}}, 2);
    assert_saw(report, "descriptors 0 1 2 20 21");
    free(report);
    close_files();
}

/* gotcha 24: cycles, chains into them, and one source for several targets */
static void cycles_and_chains(void **state) {
    (void)state;
    open_files(20);
    free(see_map((fx_map[]){{20, 21}, {21, 22}, {22, 20}}, 3));
    free(see_map((fx_map[]){{20, 21}, {21, 20}, {22, 23}, {23, 22}}, 4));
    free(see_map((fx_map[]){{20, 21}, {21, 22}, {22, 20}, {23, 20}, {24, 20}, {25, 21}}, 6));
    free(see_map((fx_map[]){{22, 21}, {21, 20}, {23, 22}}, 3));
    free(see_map((fx_map[]){{20, 21}, {21, 22}, {22, 23}, {23, 24}}, 4));
    close_files();
}

static void one_source_feeds_several(void **state) {
    (void)state;
    open_files(20);
    char *report = see_map((fx_map[]){{3, 22}, {4, 22}, {22, 22}, {23, 22}}, 4);
    assert_saw(report, "descriptors 0 1 2 3 4 22 23");
    free(report);
    close_files();
}

/* gotcha 25: dup2(n, n) does not clear close-on-exec */
static void a_number_may_be_itself(void **state) {
    (void)state;
    open_files(20);
    assert_int_equal(fcntl(21, F_GETFD), FD_CLOEXEC);
    free(see_map(&(fx_map){.child = 21, .parent = 21}, 1));
    assert_int_equal(fcntl(21, F_GETFD), FD_CLOEXEC);
    close_files();
}

static void standard_streams_take_part(void **state) {
    (void)state;
    open_files(20);
    char *report = see_map((fx_map[]){{0, 20}, {1, 21}, {2, 0}, {3, 1}, {4, 2}}, 5);
    assert_saw(report, "descriptors 0 1 2 3 4");
    free(report);
    /* A stream of its own kind may be a source meanwhile: the parent's number is meant. */
    fx_command command = command_of(NULL);
    command.stdio[1] = (fx_stdio){.kind = FX_STDIO_DESCRIPTOR, .descriptor = 22};
    command.stdio[2].kind = FX_STDIO_PIPE;
    command.map = (fx_map[]){{3, 1}, {22, 23}, {23, 2}};
    command.map_count = 3;
    report = see(&command);
    assert_saw_file(report, 1, 22);
    assert_saw_file(report, 3, 1);
    assert_saw_file(report, 22, 23);
    assert_saw_file(report, 23, 2);
    assert_saw(report, "descriptors 0 1 2 3 22 23");
    free(report);
    close_files();
}

/* gotcha 22: the report's own pipe takes no number that the map wants, below or above */
static void every_low_number_is_taken(void **state) {
    enum { COUNT = 40 };
    (void)state;
    open_files(60);
    fx_map map[COUNT];
    for (int i = 0; i < COUNT; i++)
        map[i] = (fx_map){.child = 3 + i, .parent = files[i % FILES]};
    fx_command command = command_of(NULL);
    command.map = map;
    command.map_count = COUNT;
    for (int fd = 0; fd < 3; fd++)
        command.stdio[fd].kind = FX_STDIO_PIPE;
    char *report = see(&command);
    for (int i = 0; i < COUNT; i++)
        assert_saw_file(report, map[i].child, map[i].parent);
    free(report);
    /* And such a child can still say what failed. */
    command.argv = ARGV("nothing");
    command.program = "/nonexistent/program";
    (void)assert_fails(&command, ENOENT, FX_STEP_EXEC, "\"/nonexistent/program\"");
    close_files();
}

/* Cycles over all of 3 to 42: what is kept aside must find a number above. */
static void a_cycle_over_every_low_number(void **state) {
    enum { FIRST = 3, COUNT = 40 };
    (void)state;
    fx_map map[COUNT];
    int opened[COUNT], count = 0;
    for (int i = 0; i < COUNT; i++) {
        if (fcntl(FIRST + i, F_GETFD) < 0)
            opened[count++] = new_file_at(FIRST + i);
        map[i] = (fx_map){.child = FIRST + i, .parent = FIRST + (i + 1) % COUNT};
    }
    free(see_map(map, COUNT));
    for (int i = 0; i < count; i++)
        (void)close(opened[i]);
}

static rlim_t set_soft_limit(rlim_t limit) {
    struct rlimit now;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &now), 0);
    rlim_t before = now.rlim_cur;
    now.rlim_cur = limit;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &now), 0);
    return before;
}

static void a_target_above_the_limit_is_an_error_of_the_map(void **state) {
    (void)state;
    rlim_t before = set_soft_limit(100);
    fx_command command = command_of(ARGV("act", "exit", "0"));
    command.map = &(fx_map){.child = 100, .parent = 0};
    command.map_count = 1;
    fx_error error = assert_fails(&command, EBADF, FX_STEP_DESCRIPTOR, "0, 100");
    assert_int_equal(error.index, 100);
    assert_message(&error, "dup2(0, 100): Bad file descriptor");
    (void)set_soft_limit(before);
}

/* A map that fills the table to the last number works, if it needs nothing aside. */
static void a_map_may_fill_the_limit(void **state) {
    (void)state;
    open_files(30);
    rlim_t before = set_soft_limit(36);
    free(see_map((fx_map[]){{35, 30}, {34, 31}, {33, 32}}, 3));
    (void)set_soft_limit(before);
    close_files();
}

static void a_closed_source_is_an_error_at_launch(void **state) {
    (void)state;
    open_files(20);
    fx_command command = command_of(ARGV("act", "exit", "0"));
    command.map = (fx_map[]){{5, 20}, {20, 21}};
    command.map_count = 2;
    fx_plan *plan;
    fx_child child = {.size = sizeof child};
    fx_error error = {.size = sizeof error};
    assert_int_equal(fx_compile(&command, &plan, NULL), 0);
    (void)close(21);
    assert_int_equal(fx_launch(plan, &child, &error), -EBADF);
    assert_int_equal(error.step, FX_STEP_DESCRIPTOR);
    assert_string_equal(error.subject, "21, 20");
    assert_int_equal(child.pid, 0);
    (void)new_file_at(21);
    assert_int_equal(fx_launch(plan, &child, NULL), 0);
    assert_int_equal(finish(&child).code, 0);
    fx_plan_free(plan);
    close_files();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_is_another),
        cmocka_unit_test(two_change_places),
        cmocka_unit_test(cycles_and_chains),
        cmocka_unit_test(one_source_feeds_several),
        cmocka_unit_test(a_number_may_be_itself),
        cmocka_unit_test(standard_streams_take_part),
        cmocka_unit_test(every_low_number_is_taken),
        cmocka_unit_test(a_cycle_over_every_low_number),
        cmocka_unit_test(a_target_above_the_limit_is_an_error_of_the_map),
        cmocka_unit_test(a_map_may_fill_the_limit),
        cmocka_unit_test(a_closed_source_is_an_error_at_launch),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
