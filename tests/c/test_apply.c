/* SPDX-License-Identifier: MIT
 *
 * Attributes alone, applied to a process that has been forked by other means: they take effect, and
 * nothing else does.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support.h"

/* A forked process does this, and ends with what it returns: the line of what is wrong, or 0. */
static void assert_in_fork(int (*act)(void)) {
    int status;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(act());
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status))
        fail_msg("line %d of this file", WEXITSTATUS(status));
}

#define EXPECT(condition)                                                                          \
    do {                                                                                           \
        if (!(condition))                                                                          \
            return __LINE__;                                                                       \
    } while (0)

static int apply(fx_command *command) {
    command->size = sizeof *command;
    return fx_apply(command, NULL, NULL, NULL);
}

static bool is_blocked(int number) {
    sigset_t mask;
    (void)sigprocmask(SIG_SETMASK, NULL, &mask);
    return sigismember(&mask, number) == 1;
}

static bool has_action(int number, void (*handler)(int)) {
    struct sigaction action;
    (void)sigaction(number, NULL, &action);
    return action.sa_handler == handler;
}

static int all_at_once(void) {
    fx_command command = {
        .umask = FX_NUMBER(027),
        .new_session = true,
        .directory = "/",
        .nice = FX_NUMBER(3),
        .limits = &(fx_limit){.resource = RLIMIT_NOFILE, .soft = {FX_LIMIT_VALUE, 99}},
        .limit_count = 1,
        .ignored_signals = {.set = true, .count = 1, .list = &(int){SIGHUP}},
        .block_signals = {.set = true, .count = 1, .list = &(int){SIGUSR2}},
    };
    struct rlimit limit;
    char directory[2];
    errno = 0;
    int before = getpriority(PRIO_PROCESS, 0);
    errno = EDOM;
    EXPECT(apply(&command) == 0);
    EXPECT(errno == EDOM);
    EXPECT(umask(0) == 027);
    EXPECT(getsid(0) == getpid());
    EXPECT(getcwd(directory, sizeof directory) && directory[0] == '/');
    EXPECT(getpriority(PRIO_PROCESS, 0) == (before > 16 ? 19 : before + 3));
    EXPECT(getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur == 99);
    EXPECT(has_action(SIGHUP, SIG_IGN));
    EXPECT(is_blocked(SIGUSR2) && !is_blocked(SIGUSR1));
    return 0;
}

static void they_take_effect(void **state) {
    (void)state;
    assert_in_fork(all_at_once);
}

static void handle(int number) { (void)number; }

static int only_umask(void) {
    fx_command command = {.umask = FX_NUMBER(077), .program = "/nonexistent", .exempt_count = 0};
    sigset_t mask;
    (void)sigemptyset(&mask);
    (void)sigaddset(&mask, SIGUSR1);
    (void)sigprocmask(SIG_SETMASK, &mask, NULL);
    (void)signal(SIGUSR2, handle);
    (void)signal(SIGPIPE, SIG_IGN);
    int other = fcntl(0, F_DUPFD_CLOEXEC, 30), flags = fcntl(0, F_GETFD);
    (void)fcntl(0, F_SETFD, FD_CLOEXEC);
    EXPECT(apply(&command) == 0);
    EXPECT(umask(0) == 077);
    EXPECT(is_blocked(SIGUSR1) && !is_blocked(SIGUSR2));
    EXPECT(has_action(SIGUSR2, handle));
    EXPECT(has_action(SIGPIPE, SIG_IGN));
    EXPECT(fcntl(other, F_GETFD) == FD_CLOEXEC);
    EXPECT(fcntl(0, F_GETFD) == FD_CLOEXEC);
    (void)flags;
    return 0;
}

static void nothing_else_is_changed(void **state) {
    (void)state;
    assert_in_fork(only_umask);
}

static int into_private_folder(void) {
    fx_command command = {.size = sizeof command, .directory = "/nonexistent"};
    fx_error error = {.size = sizeof error};
    EXPECT(fx_apply(&command, NULL, NULL, &error) == -ENOENT);
    EXPECT(error.step == FX_STEP_CHDIR && error.cause == FX_CAUSE_DIRECTORY);
    EXPECT(strcmp(error.subject, "\"/nonexistent\"") == 0);
    return 0;
}

static void what_fails_is_told(void **state) {
    (void)state;
    assert_in_fork(into_private_folder);
}

static int skip_directory(void) {
    fx_command command = {
        .size = sizeof command,
        .directory = "/nonexistent",
        .umask = FX_NUMBER(077),
        .best_effort = &(fx_step){FX_STEP_CHDIR},
        .best_effort_count = 1,
    };
    fx_skipped skipped[FX_SKIPPED_MAX];
    size_t count = 99;
    EXPECT(fx_apply(&command, skipped, &count, NULL) == 0);
    EXPECT(count == 1);
    EXPECT(skipped[0].step == FX_STEP_CHDIR && skipped[0].code == -ENOENT);
    EXPECT(umask(0) == 077);
    command.directory = NULL;
    EXPECT(fx_apply(&command, skipped, &count, NULL) == 0);
    EXPECT(count == 0);
    return 0;
}

static void what_was_skipped_is_told(void **state) {
    (void)state;
    assert_in_fork(skip_directory);
}

static int a_gate(void) {
    int ends[2];
    EXPECT(pipe(ends) == 0);
    fx_command command = {.gate = {true, ends[0]}};
    (void)close(ends[1]);
    EXPECT(apply(&command) == 0);
    EXPECT(fcntl(ends[0], F_GETFD) >= 0);
    return 0;
}

static void a_gate_is_waited_for(void **state) {
    (void)state;
    assert_in_fork(a_gate);
}

static int never_called(void *unused) {
    (void)unused;
    return EDOM;
}

static void assert_meaningless(fx_command command, const char *field) {
    fx_error error = {.size = sizeof error};
    command.size = sizeof command;
    assert_int_equal(fx_apply(&command, NULL, NULL, &error), -ENOTSUP);
    assert_int_equal(error.step, FX_STEP_COMMAND);
    assert_string_equal(error.subject, field);
    assert_string_equal(error.detail, "has no meaning where no program is started");
}

static void what_is_for_a_program_is_refused(void **state) {
    (void)state;
    char *const environment[] = {NULL};
    const char *const names[] = {NULL};
    const int number = 0;
    assert_meaningless((fx_command){.environment = environment}, "environment");
    assert_meaningless((fx_command){.environment_set = names}, "environment_set");
    assert_meaningless((fx_command){.environment_unset = names}, "environment_unset");
    assert_meaningless((fx_command){.environment_clean = true}, "environment_clean");
    assert_meaningless((fx_command){.pid_variable = "PID"}, "pid_variable");
    assert_meaningless((fx_command){.listen = &number, .listen_count = 1}, "listen");
    assert_meaningless((fx_command){.program_fd = FX_NUMBER(0)}, "program_fd");
    assert_meaningless((fx_command){.busy_timeout = 1}, "busy_timeout");
    assert_meaningless((fx_command){.shell_fallback = true}, "shell_fallback");
    assert_meaningless((fx_command){.stdio[2].kind = FX_STDIO_NULL}, "stdio[2]");
    assert_meaningless((fx_command){.map = &(fx_map){3, 0}, .map_count = 1}, "map");
    assert_meaningless((fx_command){.keep = &number, .keep_count = 1}, "keep");
    assert_meaningless((fx_command){.close = &number, .close_count = 1}, "close");
    assert_meaningless((fx_command){.callback = {never_called, NULL}}, "callback");
}

static void what_is_wrong_is_refused(void **state) {
    (void)state;
    fx_error error = {.size = sizeof error};
    fx_command command = {.size = sizeof command, .umask = FX_NUMBER(-1)};
    assert_int_equal(fx_apply(&command, NULL, NULL, &error), -EINVAL);
    assert_string_equal(error.subject, "umask");
    assert_int_equal(fx_apply(NULL, NULL, NULL, &error), -EINVAL);
}

_Static_assert(__LINE__ < 255, "a line is an exit status here");

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(they_take_effect),
        cmocka_unit_test(nothing_else_is_changed),
        cmocka_unit_test(what_fails_is_told),
        cmocka_unit_test(what_was_skipped_is_told),
        cmocka_unit_test(a_gate_is_waited_for),
        cmocka_unit_test(what_is_for_a_program_is_refused),
        cmocka_unit_test(what_is_wrong_is_refused),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
