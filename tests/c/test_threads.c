/* SPDX-License-Identifier: MIT
 *
 * Starting children in a process full of threads; cancellation.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "state.h"
#include "support.h"

enum { THREADS = 8, ROUNDS = 25 };

struct worker {
    const char *folder;
    int number, good;
};

/* Each child has its own directory, stream and status; none may get another's. */
static void *work(void *argument) {
    struct worker *worker = argument;
    char status[8];
    (void)snprintf(status, sizeof status, "%d", worker->number);
    char script[64];
    (void)snprintf(script, sizeof script, "pwd; exit %s", status);
    const char *argv[] = {"sh", "-c", script, NULL};
    fx_command command = {
        .size = sizeof command,
        .program = "/bin/sh",
        .argv = (char *const *)argv,
        .directory = worker->folder,
        .stdio = {[1] = {.kind = FX_STDIO_PIPE}},
        .mechanism = tested_mechanism(),
    };
    for (int i = 0; i < ROUNDS; i++) {
        fx_child child = {.size = sizeof child};
        fx_exit end = {.size = sizeof end};
        char text[4096] = "";
        if (fx_spawn(&command, &child, NULL) < 0)
            continue;
        ssize_t size = read(child.stdio[1], text, sizeof text - 1);
        size_t length = strlen(worker->folder);
        if (fx_wait(&child, 60000, 0, &end) == 0 && size == (ssize_t)length + 1)
            worker->good += end.code == worker->number && !strncmp(text, worker->folder, length);
        fx_child_close(&child);
    }
    return NULL;
}

static void each_gets_its_own(void **state) {
    (void)state;
    pthread_t threads[THREADS];
    struct worker workers[THREADS];
    char name[16];
    char *before = parent_state();
    for (int i = 0; i < THREADS; i++) {
        (void)snprintf(name, sizeof name, "folder%d", i);
        workers[i] = (struct worker){.folder = scratch_folder(name), .number = i + 1};
    }
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, work, &workers[i]), 0);
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(workers[i].good, ROUNDS);
    }
    assert_unchanged(before);
    free(before);
}

/* ---- cancellation ---- */

struct cancelled {
    const fx_command *command;
    _Atomic int begun, result, done;
    fx_child child;
};

static void *spawn_and_note(void *argument) {
    struct cancelled *what = argument;
    what->begun = 1;
    what->result = fx_spawn(what->command, &what->child, NULL);
    what->done = 1;
    for (;;)
        pthread_testcancel();
    return NULL;
}

static fx_child spawn_cancelled(const fx_command *command) {
    struct cancelled what = {.command = command, .child = {.size = sizeof what.child}};
    pthread_t thread;
    void *result;
    assert_int_equal(pthread_create(&thread, NULL, spawn_and_note, &what), 0);
    while (!what.begun)
        (void)sched_yield();
    assert_int_equal(pthread_cancel(thread), 0);
    assert_int_equal(pthread_join(thread, &result), 0);
    assert_ptr_equal(result, PTHREAD_CANCELED);
    assert_int_equal(what.done, 1);
    assert_int_equal(what.result, 0);
    return what.child;
}

/*
 * gotcha 19: a cancellation that arrives during a spawn waits for its end: the child exists,
 * whole, and nothing is left locked, blocked or open.
 */
static void a_cancelled_thread_finishes_its_spawn(void **state) {
    (void)state;
    char *before = parent_state();
    fx_command command = command_of(ARGV("act", "exit", "7"));
    for (int i = 0; i < 100; i++) {
        for (int fd = 0; fd < 3; fd++)
            command.stdio[fd].kind = i % 2 ? FX_STDIO_PIPE : FX_STDIO_NULL;
        fx_child child = spawn_cancelled(&command);
        assert_int_equal(finish(&child).code, 7);
    }
    assert_unchanged(before);
    free(before);
}

static int wait_for_end_of_file(void *argument) {
    char byte;
    return read(*(const int *)argument, &byte, 1) < 0 ? errno : 0;
}

/* The same while the parent is certainly in the middle of it: the child waits before its exec. */
static void a_cancelled_thread_waits_for_a_slow_child(void **state) {
    (void)state;
    int gate[2];
    assert_int_equal(pipe(gate), 0);
    char *before = parent_state();
    fx_command command = command_of(ARGV("act", "exit", "7"));
    command.mechanism = callback_mechanism();
    command.callback = (fx_callback){.function = wait_for_end_of_file, .argument = &gate[0]};
    struct cancelled what = {.command = &command, .child = {.size = sizeof what.child}};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, spawn_and_note, &what), 0);
    while (!what.begun)
        (void)sched_yield();
    assert_int_equal(pthread_cancel(thread), 0);
    for (int i = 0; i < 1000; i++)
        (void)sched_yield();
    /* The child holds a copy of the writing end too, so it waits for a byte. */
    assert_int_equal(what.done, 0);
    assert_int_equal(write(gate[1], "x", 1), 1);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(what.done, 1);
    assert_int_equal(what.result, 0);
    assert_int_equal(finish(&what.child).code, 7);
    assert_unchanged(before);
    free(before);
    (void)close(gate[0]);
    (void)close(gate[1]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_gets_its_own),
        cmocka_unit_test(a_cancelled_thread_finishes_its_spawn),
        cmocka_unit_test(a_cancelled_thread_waits_for_a_slow_child),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
