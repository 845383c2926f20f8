/* SPDX-License-Identifier: MIT */
#include "starting.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

fx_start *begin(const fx_command *command, int timeout) {
    fx_start *begun = NULL;
    fx_error error = {.size = sizeof error};
    if (fx_spawn_start(command, timeout, &begun, &error) < 0)
        fail_msg("code %d, step %s: %s", error.code, fx_step_name(error.step), error.subject);
    assert_non_null(begun);
    return begun;
}

bool is_ready(const fx_start *begun, int timeout) {
    struct pollfd polled = {.fd = fx_start_descriptor(begun), .events = POLLIN};
    int ready;
    do
        ready = poll(&polled, 1, timeout);
    while (ready < 0 && errno == EINTR);
    assert_true(ready >= 0);
    if (ready > 0)
        assert_true(polled.revents & POLLIN);
    return ready > 0;
}

fx_child take(fx_start *begun) {
    fx_child child = {.size = sizeof child};
    fx_error error = {.size = sizeof error};
    assert_true(is_ready(begun, -1));
    if (fx_start_finish(begun, &child, &error) < 0)
        fail_msg("code %d, step %s: %s", error.code, fx_step_name(error.step), error.subject);
    assert_true(child.pid > 0);
    assert_int_equal(child.size, sizeof child);
    return child;
}

fx_error assert_start_fails(fx_start *begun, int code, fx_step step) {
    fx_child child, untouched;
    fx_error error;
    memset(&untouched, 0x5a, sizeof untouched);
    untouched.size = sizeof untouched;
    child = untouched;
    memset(&error, 0x5a, sizeof error);
    error.size = sizeof error;
    assert_int_equal(fx_start_finish(begun, &child, &error), -code);
    assert_int_equal(error.code, -code);
    assert_int_equal(error.step, step);
    assert_memory_equal(&child, &untouched, sizeof child);
    return error;
}

void assert_late(fx_start *begun, const char *within) {
    assert_true(is_ready(begun, -1));
    fx_error error = assert_start_fails(begun, ETIMEDOUT, FX_STEP_EXEC);
    assert_string_equal(error.detail, within);
}

/* Threads other than this one, and than those that the library keeps for death signals. */
static bool has_other_threads(void) {
    int count = 0;
#ifdef __linux__
    DIR *folder = opendir("/proc/self/task");
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder));) {
        char path[300], name[32] = "";
        (void)snprintf(path, sizeof path, "/proc/self/task/%s/comm", entry->d_name);
        FILE *file = entry->d_name[0] == '.' ? NULL : fopen(path, "re");
        if (!file)
            continue;
        count += fgets(name, sizeof name, file) && strcmp(name, "forkexec\n") != 0;
        (void)fclose(file);
    }
    (void)closedir(folder);
#endif
    return count > 1;
}

void await_no_thread(void) {
    while (has_other_threads())
        (void)sched_yield();
}

void await_no_child(void) {
    siginfo_t info;
    await_no_thread();
    while (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0)
        (void)sched_yield();
    assert_int_equal(errno, ECHILD);
}

fx_command held_command(int *writer) {
    static const char *const argv[] = {"act", "exit", "7", NULL};
    fx_child child = {.size = sizeof child};
    const char *path = scratch_program("held", "act");
    *writer = open(path, O_WRONLY | O_CLOEXEC);
    assert_true(*writer >= 0);
    fx_command command = command_of((char *const *)(uintptr_t)argv);
    command.program = path;
    int result = fx_spawn(&command, &child, NULL);
    if (result == 0) {
        (void)finish(&child);
        (void)close(*writer);
        skip();
    }
    assert_int_equal(result, -ETXTBSY);
    command.busy_timeout = 24 * 60 * 60 * 1000;
    return command;
}
