/* SPDX-License-Identifier: MIT
 *
 * The threads that make children with a death signal: how many there are, and to which process they
 * belong.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "launching.h"
#include "looking.h"

/* ---- how many there are ---- */

static void they_are_used_again(void **state) {
    (void)state;
    if (!has_death_signal())
        return;
    fx_command command = mortal_command();
    assert_exits(&command, 0);
    int before = count_launchers();
    assert_true(before >= 1);
    for (int i = 0; i < 50; i++)
        assert_exits(&command, 0);
    assert_int_equal(count_launchers(), before);
}

static void *start_many(void *unused) {
    (void)unused;
    fx_command command = mortal_command();
    for (int i = 0; i < 20; i++) {
        fx_child child = start(&command);
        (void)finish(&child);
    }
    return NULL;
}

static void many_threads_share_a_few(void **state) {
    enum { THREADS = 40, MOST_KEPT = 16 };
    (void)state;
    if (!has_death_signal())
        return;
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, start_many, NULL), 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    while (count_launchers() > MOST_KEPT)
        (void)sched_yield();
}

/* ---- a launch that takes long ---- */

static void *start_busy(void *program) {
    fx_command command = mortal_command();
    command.program = program;
    command.busy_timeout = 1000000;
    fx_child child = start(&command);
    return (void *)(intptr_t)finish(&child).code;
}

static bool has_child(void) {
    siginfo_t info;
    return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

static void a_slow_exec_does_not_block_others(void **state) {
    (void)state;
    if (!has_death_signal())
        return;
    char path[4096];
    (void)snprintf(path, sizeof path, "%s", scratch_program("busy", "act"));
    int writer = open(path, O_WRONLY | O_CLOEXEC);
    assert_true(writer >= 0);
    pthread_t thread;
    void *code;
    assert_int_equal(pthread_create(&thread, NULL, start_busy, path), 0);
    while (!has_child())
        (void)sched_yield();
    fx_command command = mortal_command();
    fx_child child = start(&command);
    assert_int_equal(finish(&child).code, 0);
    assert_true(has_child());
    (void)close(writer);
    assert_int_equal(pthread_join(thread, &code), 0);
    assert_int_equal((intptr_t)code, 0);
}

/* ---- processes ---- */

/* The exit status of a forked copy of this process that does this. */
static int status_of_fork(int (*act)(void)) {
    int status;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(act());
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int start_one(void) {
    fx_command command = mortal_command();
    fx_child child = {.size = sizeof child};
    fx_error error = {.size = sizeof error};
    fx_exit end = {.size = sizeof end};
    int result = fx_spawn(&command, &child, &error);
    if (result < 0)
        return error.step == FX_STEP_CLONE ? -result : 255;
    return fx_wait(&child, -1, 0, &end) < 0 || end.code != 0 ? 254 : 0;
}

static int start_in_fork(void) {
    int status;
    pid_t pid = fork();
    if (pid == 0)
        _exit(start_one());
    return waitpid(pid, &status, 0) == pid && start_one() == 0 ? WEXITSTATUS(status) : 253;
}

static void a_forked_process_makes_its_own(void **state) {
    (void)state;
    if (!has_death_signal())
        return;
    fx_command command = mortal_command();
    assert_exits(&command, 0);
    assert_int_equal(status_of_fork(start_one), 0);
    assert_int_equal(status_of_fork(start_in_fork), 0);
}

/* libc's setuid waits until every thread has done it. */
static int start_before_and_after_setuid(void) {
    int result = start_one();
    if (setgid(54321) < 0 || setuid(54321) < 0)
        return 252;
    return result ? result : start_one();
}

static int start_without_threads(void) {
    const struct rlimit none = {0, 0};
    if (setuid(54321) < 0 || setrlimit(RLIMIT_NPROC, &none) < 0)
        return 252;
    return start_one();
}

static void identity_changes_of_the_whole_process(void **state) {
    (void)state;
    if (!has_death_signal() || !is_superuser())
        return;
    assert_int_equal(status_of_fork(start_before_and_after_setuid), 0);
    assert_int_equal(status_of_fork(start_without_threads), EAGAIN);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_are_used_again),
        cmocka_unit_test(many_threads_share_a_few),
        cmocka_unit_test(a_slow_exec_does_not_block_others),
        cmocka_unit_test(a_forked_process_makes_its_own),
        cmocka_unit_test(identity_changes_of_the_whole_process),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
