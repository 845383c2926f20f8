/* SPDX-License-Identifier: MIT
 *
 * Children of a process whose table of descriptors is full up to some high number: what they
 * are given arrives, whatever the numbers, and nothing else does.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "state.h"
#include "support.h"

enum { CROWD = 900, HALF = CROWD / 2 };

static int lowest_of_crowd;

/* Every second one would be inherited by a child whose engine forgot it. */
static void fill_to(int highest) {
    lowest_of_crowd = -1;
    for (int fd = 0; fd < highest;) {
        fd = fcntl(0, fd % 2 ? F_DUPFD : F_DUPFD_CLOEXEC, 3);
        assert_true(fd >= 0);
        if (lowest_of_crowd < 0)
            lowest_of_crowd = fd;
    }
}

/* Those that are reserved meanwhile lie between. */
static bool is_of_crowd(int fd) {
    char name[64], target[64] = "";
    (void)snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    (void)readlink(name, target, sizeof target - 1);
    return !strstr(target, "forkexec-reserved");
}

static void empty_to(int highest) {
    for (int fd = lowest_of_crowd; fd <= highest; fd++)
        if (is_of_crowd(fd))
            (void)close(fd);
}

static void put_file_at(int fd) {
    int made = new_file();
    assert_int_equal(dup2(made, fd), fd);
    assert_int_equal(fcntl(fd, F_SETFD, FD_CLOEXEC), 0);
    (void)close(made);
}

static void a_plain_child_sees_nothing_of_it(void **state) {
    (void)state;
    fill_to(CROWD);
    fx_command command = command_of(NULL);
    char *report = see(&command);
    assert_saw(report, "descriptors 0 1 2");
    free(report);
    empty_to(CROWD);
}

/* The control: one that inherits all sees every second of them. */
static void others_are_there_to_be_inherited(void **state) {
    (void)state;
    fill_to(CROWD);
    fx_command command = command_of(NULL);
    command.inherit_others = true;
    char *report = see(&command);
    assert_not_saw(report, "descriptors 0 1 2");
    assert_saw_file(report, HALF, 0);
    free(report);
    empty_to(CROWD);
}

static void high_ones_arrive_at_any_number(void **state) {
    (void)state;
    fill_to(CROWD);
    for (int fd = HALF; fd < HALF + 4; fd++)
        put_file_at(fd);
    fx_command command = command_of(NULL);
    /* From high to low and higher, twice from one, a cycle among high ones; and some kept. */
    command.map = (fx_map[]){
        {3, HALF}, {CROWD + 9, HALF}, {7, HALF + 1}, {HALF + 2, HALF + 3}, {HALF + 3, HALF + 2},
        {20, 4}};
    command.map_count = 6;
    command.keep = (int[]){5, CROWD - 1, HALF + 1};
    command.keep_count = 3;
    char *report = see(&command);
    assert_saw(report, "descriptors 0 1 2 3 5 7 20 %d %d %d %d %d", HALF + 1, HALF + 2, HALF + 3,
               CROWD - 1, CROWD + 9);
    assert_saw_file(report, 3, HALF);
    assert_saw_file(report, CROWD + 9, HALF);
    assert_saw_file(report, 7, HALF + 1);
    assert_saw_file(report, HALF + 1, HALF + 1);
    assert_saw_file(report, HALF + 2, HALF + 3);
    assert_saw_file(report, HALF + 3, HALF + 2);
    assert_saw_file(report, 20, 4);
    free(report);
    empty_to(CROWD);
}

/* More than can be moved to low numbers. */
static void many_high_ones_are_kept(void **state) {
    enum { MANY = 60 };
    (void)state;
    int keep[MANY];
    fill_to(CROWD);
    for (int i = 0; i < MANY; i++) {
        keep[i] = HALF + 3 * i;
        put_file_at(keep[i]);
    }
    fx_command command = command_of(NULL);
    command.keep = keep;
    command.keep_count = MANY;
    char *report = see(&command);
    for (int i = 0; i < MANY; i++)
        assert_saw_file(report, keep[i], keep[i]);
    assert_int_equal(seen_number(report, "descriptors", 2 + MANY), keep[MANY - 1]);
    free(report);
    empty_to(CROWD);
}

static void its_streams_lie_high(void **state) {
    (void)state;
    fill_to(CROWD);
    fx_command command = command_of(ARGV("act", "say", "out", "err"));
    command.stdio[0].kind = FX_STDIO_NULL;
    command.stdio[1].kind = command.stdio[2].kind = FX_STDIO_PIPE;
    fx_child child = start(&command);
    assert_true(child.stdio[1] > CROWD && child.stdio[2] > CROWD);
    char *out = read_all(child.stdio[1]), *err = read_all(child.stdio[2]);
    child.stdio[1] = child.stdio[2] = -1;
    assert_string_equal(out, "out");
    assert_string_equal(err, "err");
    assert_int_equal(finish(&child).code, 0);
    free(out);
    free(err);
    empty_to(CROWD);
}

static void its_directory_lies_high(void **state) {
    (void)state;
    const char *folder = scratch_folder("entered");
    fill_to(CROWD);
    int directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    fx_command command = command_of(NULL);
    command.directory_fd = (fx_number)FX_NUMBER(directory);
    char *report = see(&command);
    assert_saw(report, "descriptors 0 1 2");
    assert_saw(report, "directory %s", folder);
    free(report);
    (void)close(directory);
    empty_to(CROWD);
}

/* gotcha 26 */
static void standard_streams_may_be_closed(void **state) {
    (void)state;
    fill_to(CROWD);
    int saved = fcntl(0, F_DUPFD_CLOEXEC, 3);
    (void)close(0);
    fx_command command = command_of(ARGV("act", "say", "out", "err"));
    command.stdio[1].kind = FX_STDIO_PIPE;
    fx_child child = start(&command);
    char *out = read_all(child.stdio[1]);
    child.stdio[1] = -1;
    assert_int_equal(finish(&child).code, 0);
    assert_string_equal(out, "out");
    free(out);
    assert_int_equal(dup2(saved, 0), 0);
    (void)close(saved);
    empty_to(CROWD);
}

/* No number but the few that the spawn itself needs is free. */
static void no_number_is_left(void **state) {
    (void)state;
    struct rlimit before, full;
    fill_to(CROWD);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    /* A pipe and a pidfd; two more for the report of a forked child, and the helper's plan. */
    int more = tested_mechanism() == FX_MECHANISM_HELPER;
    full = (struct rlimit){(rlim_t)(CROWD + 1 + 5 + more), before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &full), 0);
    fx_command command = command_of(ARGV("act", "say", "out", "err"));
    command.stdio[1].kind = FX_STDIO_PIPE;
    command.keep = (int[]){CROWD - 1, CROWD - 2};
    command.keep_count = 2;
    fx_child child = start(&command);
    char *out = read_all(child.stdio[1]);
    child.stdio[1] = -1;
    assert_string_equal(out, "out");
    free(out);
    assert_int_equal(finish(&child).code, 0);
    full.rlim_cur = CROWD + 2;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &full), 0);
    (void)assert_fails(&command, EMFILE, FX_STEP_PIPE, "standard output");
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    empty_to(CROWD);
}

/* ---- with other threads about ---- */

static atomic_bool stopped;

static void *close_and_open_again(void *argument) {
    int fd = *(int *)argument, other = new_file();
    while (!stopped) {
        (void)close(fd);
        (void)dup2(other, fd);
    }
    (void)close(other);
    return NULL;
}

/* What another thread closes in the middle is there or not, but never something else. */
static void a_source_that_comes_and_goes(void **state) {
    enum { ROUNDS = 300 };
    (void)state;
    int source = HALF, good = 0, missing = 0;
    pthread_t thread;
    fill_to(CROWD);
    put_file_at(source);
    /* So that nothing of the spawn's own comes to lie where the other thread closes. */
    for (int fd = 100; fd < 110; fd++)
        (void)close(fd);
    fx_command command = command_of(ARGV("act", "exit", "0"));
    command.map = (fx_map[]){{10, source}};
    command.map_count = 1;
    stopped = false;
    assert_int_equal(pthread_create(&thread, NULL, close_and_open_again, &source), 0);
    for (int i = 0; i < ROUNDS; i++) {
        fx_child child = {.size = sizeof child};
        fx_error error = {.size = sizeof error};
        int result = fx_spawn(&command, &child, &error);
        good += result == 0 && finish(&child).code == 0;
        missing +=
            result == -EBADF && (error.step == FX_STEP_DESCRIPTOR || error.step == FX_STEP_COMMAND);
    }
    stopped = true;
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(good + missing, ROUNDS);
    empty_to(CROWD);
}

enum { THREADS = 8, ROUNDS = 40 };

/* More threads than there are reserved numbers for. */
static void *speak_through_pipes(void *argument) {
    const char *const text = argument;
    const char *argv[] = {"act", "say", text, text, NULL};
    size_t good = 0;
    for (int i = 0; i < ROUNDS; i++) {
        fx_command command = {
            .size = sizeof command,
            .program = program_path("act"),
            .argv = (char *const *)argv,
            .stdio = {{.kind = FX_STDIO_NULL}, {.kind = FX_STDIO_PIPE}, {.kind = FX_STDIO_PIPE}},
            .mechanism = tested_mechanism()};
        fx_child child = {.size = sizeof child};
        char heard[2][16] = {"", ""};
        if (fx_spawn(&command, &child, NULL) < 0)
            continue;
        for (int fd = 1; fd < 3; fd++)
            if (read(child.stdio[fd], heard[fd - 1], sizeof heard[0] - 1) < 0)
                break;
        good +=
            fx_wait(&child, -1, 0, NULL) == 0 && !strcmp(heard[0], text) && !strcmp(heard[1], text);
        fx_child_close(&child);
    }
    return (void *)good;
}

static void each_thread_hears_its_own(void **state) {
    (void)state;
    static char names[THREADS][8];
    pthread_t threads[THREADS];
    (void)program_path("act");
    fill_to(CROWD);
    char *before = parent_state();
    for (int i = 0; i < THREADS; i++) {
        (void)snprintf(names[i], sizeof names[i], "name%d", i);
        assert_int_equal(pthread_create(&threads[i], NULL, speak_through_pipes, names[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        void *good;
        assert_int_equal(pthread_join(threads[i], &good), 0);
        assert_int_equal((size_t)good, ROUNDS);
    }
    assert_unchanged(before);
    free(before);
    empty_to(CROWD);
}

#ifdef __linux__
/* A thread may have a table of its own: the child's is made of that one. */
static void *keep_from_own_table(void *argument) {
    fx_command *command = argument;
    int own = -1;
    if (unshare(CLONE_FILES) < 0 || (own = open("/dev/null", O_RDONLY)) < 0 ||
        dup2(own, HALF) != HALF)
        return NULL;
    fx_child child = {.size = sizeof child};
    fx_exit end = {.size = sizeof end};
    /* Standard input, which ends at once only if it is /dev/null. */
    command->stdio[0] = (fx_stdio){.kind = FX_STDIO_DESCRIPTOR, .descriptor = HALF};
    bool good = fx_spawn(command, &child, NULL) == 0 && fx_wait(&child, 10000, 0, &end) == 0;
    (void)fx_signal(&child, SIGKILL);
    (void)fx_wait(&child, -1, 0, NULL);
    fx_child_close(&child);
    return good ? argument : NULL;
}

static void a_thread_has_a_table_of_its_own(void **state) {
    (void)state;
    int ends[2];
    pthread_t thread;
    void *result;
    new_pipe(ends);
    fill_to(CROWD);
    assert_int_equal(dup2(ends[0], HALF), HALF);
    fx_command command = command_of(ARGV("act", "hold"));
    assert_int_equal(pthread_create(&thread, NULL, keep_from_own_table, &command), 0);
    assert_int_equal(pthread_join(thread, &result), 0);
    assert_ptr_equal(result, &command);
    empty_to(CROWD);
    (void)close(ends[0]);
    (void)close(ends[1]);
}
#endif

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_child_sees_nothing_of_it),
        cmocka_unit_test(others_are_there_to_be_inherited),
        cmocka_unit_test(high_ones_arrive_at_any_number),
        cmocka_unit_test(many_high_ones_are_kept),
        cmocka_unit_test(its_streams_lie_high),
        cmocka_unit_test(its_directory_lies_high),
        cmocka_unit_test(standard_streams_may_be_closed),
        cmocka_unit_test(no_number_is_left),
        cmocka_unit_test(a_source_that_comes_and_goes),
        cmocka_unit_test(each_thread_hears_its_own),
#ifdef __linux__
        cmocka_unit_test(a_thread_has_a_table_of_its_own),
#endif
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
