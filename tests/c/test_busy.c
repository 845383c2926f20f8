/* SPDX-License-Identifier: MIT
 *
 * gotcha 30: a program that is still being written to.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif

#include "support.h"

/* Kernels have been without ETXTBSY. */
static int open_for_writing(const char *path, char *const argv[]) {
    fx_child child = {.size = sizeof child};
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    fx_command command = command_of(argv);
    command.program = path;
    int result = fx_spawn(&command, &child, NULL);
    if (result != -ETXTBSY) {
        assert_int_equal(result, 0);
        (void)finish(&child);
        (void)close(fd);
        skip();
    }
    return fd;
}

static void a_busy_program_is_waited_for_in_vain(void **state) {
    (void)state;
    char message[128];
    const char *path = scratch_program("busy", "act");
    int writer = open_for_writing(path, ARGV("act", "exit", "0"));
    fx_command command = command_of(ARGV("act", "exit", "0"));
    command.program = path;
    command.busy_timeout = 5;
    fx_error error = assert_fails(&command, ETXTBSY, FX_STEP_EXEC, NULL);
    (void)snprintf(message, sizeof message, "exec(\"%s\"): Text file busy", path);
    assert_message(&error, message);
    (void)close(writer);
    assert_exits(&command, 0);
}

#ifdef __linux__
/* The first number in a file; -1 if there is none, -2 if there is no such file. */
static long number_in(const char *path) {
    long number = -1;
    FILE *file = fopen(path, "re");
    if (!file)
        return -2;
    if (fscanf(file, "%ld", &number) != 1)
        number = -1;
    (void)fclose(file);
    return number;
}

static bool is_sleep(long call) {
#ifdef SYS_clock_nanosleep_time64
    if (call == SYS_clock_nanosleep_time64)
        return true;
#endif
#ifdef SYS_nanosleep
    if (call == SYS_nanosleep)
        return true;
#endif
#ifdef SYS_clock_nanosleep
    if (call == SYS_clock_nanosleep)
        return true;
#endif
    return false;
}
#endif

/* Until this thread's child sleeps between two attempts, where that can be seen. */
static void await_sleeping_child(const volatile int *thread) {
#ifdef __linux__
    char path[64];
    for (;;) {
        (void)snprintf(path, sizeof path, "/proc/self/task/%d/children", *thread);
        long child = number_in(path);
        if (child == -2 && *thread != 0)
            return;
        (void)snprintf(path, sizeof path, "/proc/%ld/syscall", child);
        if (child > 0 && is_sleep(number_in(path)))
            return;
        (void)sched_yield();
    }
#else
    (void)thread;
#endif
}

struct spawning {
    const fx_command *command;
    volatile int thread;
    int status;
};

static void *spawn(void *argument) {
    struct spawning *spawning = argument;
    fx_child child = {.size = sizeof child};
    fx_exit end = {.size = sizeof end, .code = -1};
#ifdef __linux__
    spawning->thread = (int)syscall(SYS_gettid);
#endif
    if (fx_spawn(spawning->command, &child, NULL) == 0)
        (void)fx_wait(&child, -1, 0, &end);
    fx_child_close(&child);
    spawning->status = end.code;
    return NULL;
}

static void a_busy_program_is_waited_for(void **state) {
    (void)state;
    const char *path = scratch_program("busy", "act");
    int writer = open_for_writing(path, ARGV("act", "exit", "0"));
    fx_command command = command_of(ARGV("act", "exit", "11"));
    command.program = path;
    command.busy_timeout = 600 * 1000;
    struct spawning spawning = {.command = &command};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, spawn, &spawning), 0);
    await_sleeping_child(&spawning.thread);
    (void)close(writer);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(spawning.status, 11);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_busy_program_is_waited_for_in_vain),
        cmocka_unit_test(a_busy_program_is_waited_for),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
