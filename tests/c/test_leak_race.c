/* SPDX-License-Identifier: MIT
 *
 * gotcha 29: close-on-exec must come with the descriptor, not after it.
 *
 * Some threads open and close pipes while others start children that inherit everything. What
 * a child sees of those pipes has leaked. Pipes made with pipe() and marked by fcntl() do leak,
 * which shows that the test can see it; open() with O_CLOEXEC and the library's own never do.
 *
 * And a child that is to inherit nothing never does, whatever is opened meanwhile, and however.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support.h"

enum { THREADS = 4, ROUNDS = 60 };

static atomic_bool stopped;

static void *open_in_two_steps(void *unused) {
    (void)unused;
    while (!stopped) {
        int ends[2];
        if (pipe(ends) < 0)
            continue;
        for (int i = 0; i < 2; i++) {
            (void)fcntl(ends[i], F_SETFD, FD_CLOEXEC);
            (void)close(ends[i]);
        }
    }
    return NULL;
}

static void *open_in_one_step(void *unused) {
    (void)unused;
    while (!stopped) {
        int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
        if (fd >= 0)
            (void)close(fd);
    }
    return NULL;
}

/* The library as the opener: three pipes, /dev/null and a pidfd a time. */
static void *open_by_the_library(void *unused) {
    (void)unused;
    const char *argv[] = {"act", "exit", "0", NULL};
    while (!stopped) {
        fx_command command = {
            .size = sizeof command,
            .program = program_path("act"),
            .argv = (char *const *)argv,
            .stdio = {{.kind = FX_STDIO_PIPE}, {.kind = FX_STDIO_PIPE}, {.kind = FX_STDIO_NULL}},
            .mechanism = tested_mechanism(),
        };
        fx_child child = {.size = sizeof child};
        if (fx_spawn(&command, &child, NULL) < 0)
            continue;
        (void)fx_wait(&child, -1, 0, NULL);
        fx_child_close(&child);
    }
    return NULL;
}

/* Children that inherit everything; how many saw more than the standard streams. */
static int count_leaks(void *(*opener)(void *)) {
    pthread_t threads[THREADS];
    int leaks = 0;
    stopped = false;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, opener, NULL), 0);
    for (int i = 0; i < ROUNDS; i++) {
        fx_command command = command_of(ARGV("report"));
        command.environment = (char *[]){NULL};
        command.inherit_others = true;
        command.stdio[1].kind = FX_STDIO_PIPE;
        fx_child child = start(&command);
        char *report = read_all(child.stdio[1]);
        child.stdio[1] = -1;
        assert_int_equal(finish(&child).code, 0);
        leaks += strstr(report, "descriptors 0 1 2\n") == NULL;
        free(report);
    }
    stopped = true;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    return leaks;
}

static void two_steps_leak(void **state) {
    (void)state;
    int leaks = 0;
    /* A race, so a matter of time: 1 in 10 is usual. */
    for (int i = 0; i < 50 && leaks == 0; i++)
        leaks = count_leaks(open_in_two_steps);
    assert_true(leaks > 0);
}

static void one_step_does_not(void **state) {
    (void)state;
    assert_int_equal(count_leaks(open_in_one_step), 0);
}

static void the_library_does_not(void **state) {
    (void)state;
    assert_int_equal(count_leaks(open_by_the_library), 0);
}

/* ---- children that are to inherit nothing ---- */

enum { SPAWNERS = 4, SPAWNS = 10000, SPAWNS_BY_FORK = 1000 };

struct spawner {
    bool inherits;
    int spawns, leaks, failures;
};

static void *spawn_and_count(void *argument) {
    struct spawner *spawner = argument;
    const char *argv[] = {"act", "count", NULL};
    for (int i = 0; i < spawner->spawns; i++) {
        fx_command command = {
            .size = sizeof command,
            .program = program_path("act"),
            .argv = (char *const *)argv,
            .mechanism = tested_mechanism(),
            .inherit_others = spawner->inherits,
        };
        fx_child child = {.size = sizeof child};
        fx_exit end = {.size = sizeof end};
        /* Every second one with a stream of its own, which has to be moved. */
        command.stdio[1].kind = i % 2 ? FX_STDIO_PIPE : FX_STDIO_NULL;
        if (fx_spawn(&command, &child, NULL) < 0 || fx_wait(&child, -1, 0, &end) < 0)
            spawner->failures++;
        spawner->leaks += end.code > 0;
        fx_child_close(&child);
    }
    return NULL;
}

/* Some that are never close-on-exec, and stay for a while. */
static void *churn(void *unused) {
    enum { HELD = 50 };
    int held[HELD];
    (void)unused;
    for (int i = 0; i < HELD; i++)
        held[i] = -1;
    for (unsigned int i = 0; !stopped; i++) {
        int *place = &held[i % HELD];
        if (*place >= 0)
            (void)close(*place);
        *place = i % 3 ? dup(0) : open("/dev/null", O_RDONLY);
    }
    for (int i = 0; i < HELD; i++)
        if (held[i] >= 0)
            (void)close(held[i]);
    return NULL;
}

/* How many of so many children saw what they were not given. */
static int count_leaks_of(int spawns, bool inherits) {
    pthread_t threads[SPAWNERS], churners[THREADS];
    struct spawner spawners[SPAWNERS];
    int leaks = 0;
    stopped = false;
    (void)program_path("act");
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&churners[i], NULL, churn, NULL), 0);
    for (int i = 0; i < SPAWNERS; i++) {
        spawners[i] = (struct spawner){.inherits = inherits, .spawns = spawns / SPAWNERS};
        assert_int_equal(pthread_create(&threads[i], NULL, spawn_and_count, &spawners[i]), 0);
    }
    for (int i = 0; i < SPAWNERS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    stopped = true;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(churners[i], NULL), 0);
    for (int i = 0; i < SPAWNERS; i++) {
        assert_int_equal(spawners[i].failures, 0);
        leaks += spawners[i].leaks;
    }
    return leaks;
}

static void others_leak_where_they_are_inherited(void **state) {
    (void)state;
    assert_true(count_leaks_of(100, true) > 0);
}

static void nothing_leaks_that_was_not_asked_for(void **state) {
    (void)state;
    bool forks = tells_by_pipe();
    assert_int_equal(count_leaks_of(forks ? SPAWNS_BY_FORK : SPAWNS, false), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_steps_leak),
        cmocka_unit_test(one_step_does_not),
        cmocka_unit_test(the_library_does_not),
        cmocka_unit_test(others_leak_where_they_are_inherited),
        cmocka_unit_test(nothing_leaks_that_was_not_asked_for),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
