/* SPDX-License-Identifier: MIT
 *
 * gotcha 29: close-on-exec must come with the descriptor, not after it.
 *
 * Some threads open and close pipes while others start children that inherit everything. What
 * a child sees of those pipes has leaked. Pipes made with pipe() and marked by fcntl() do leak,
 * which shows that the test can see it; open() with O_CLOEXEC and the library's own never do.
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_steps_leak),
        cmocka_unit_test(one_step_does_not),
        cmocka_unit_test(the_library_does_not),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
