/* SPDX-License-Identifier: MIT
 *
 * Becoming a command: the program sees what a child of that command would see, and what fails is
 * told as ever.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support.h"

enum { UNEXPECTED = 119 };

/* ---- a forked process that becomes something ---- */

static fx_exit end_of(pid_t pid) {
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return (fx_exit){.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
                     .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0};
}

/* What a report of the program says that a process became with this command; to be freed. */
static char *see_become(const fx_command *asked, pid_t *became) {
    char argument[4096];
    const char *path = scratch_file("became", 0666, "");
    (void)snprintf(argument, sizeof argument, "report-to=%s", path);
    fx_command command = *asked;
    command.argv = ARGV("report", argument);
    command.program = program_path("report");
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        (void)fx_exec(&command, NULL);
        _exit(UNEXPECTED);
    }
    assert_int_equal(end_of(pid).code, 0);
    *became = pid;
    return read_all(open(path, O_RDONLY | O_CLOEXEC));
}

/* The process is unchanged in what can be told after a failure. */
static bool is_as_it_was(void) {
    sigset_t mask;
    (void)sigprocmask(SIG_SETMASK, NULL, &mask);
    return sigismember(&mask, SIGUSR1) == 1 && sigismember(&mask, SIGUSR2) == 0;
}

static _Noreturn void fail_to_become(const fx_command *command, int told) {
    fx_error error = {.size = sizeof error};
    sigset_t mask;
    (void)sigemptyset(&mask);
    (void)sigaddset(&mask, SIGUSR1);
    (void)sigprocmask(SIG_SETMASK, &mask, NULL);
    int result = fx_exec(command, &error);
    if (result != error.code || !is_as_it_was())
        _exit(UNEXPECTED);
    /* The command may have closed it. */
    (void)pwrite(told, &error, sizeof error, 0);
    _exit(0);
}

static fx_error assert_does_not_become(fx_command command, int code, fx_step step) {
    fx_error error;
    int told = new_file();
    command.exempt = &told;
    command.exempt_count = 1;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        fail_to_become(&command, told);
    assert_int_equal(end_of(pid).code, 0);
    assert_int_equal(pread(told, &error, sizeof error, 0), sizeof error);
    (void)close(told);
    assert_int_equal(error.code, -code);
    assert_int_equal(error.step, step);
    return error;
}

static fx_command plain(void) {
    static char *const argv[] = {(char *)(uintptr_t) "act", (char *)(uintptr_t) "exit",
                                 (char *)(uintptr_t) "0", NULL};
    return command_of(argv);
}

/* ---- what the program sees ---- */

/* Lines that are each process's own. */
static bool is_own(const char *line) {
    static const char *const keys[] = {"pid ", "parent ", "argument ", "process-group "};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (strncmp(line, keys[i], strlen(keys[i])) == 0)
            return true;
    return false;
}

static void assert_same(const char *one, const char *other) {
    while (*one && *other) {
        size_t left = strcspn(one, "\n"), right = strcspn(other, "\n");
        if (!(is_own(one) && is_own(other)) && (left != right || memcmp(one, other, left) != 0))
            fail_msg("%.*s, and %.*s", (int)left, one, (int)right, other);
        one += left + 1;
        other += right + 1;
    }
    assert_true(!*one && !*other);
}

static void as_a_child_of_the_same_command_would(void **state) {
    (void)state;
    int first = new_file_at(20), second = new_file_at(21), third = new_file_at(22);
    fx_command command = plain();
    command.mechanism = FX_MECHANISM_AUTO;
    command.stdio[0].kind = FX_STDIO_NULL;
    command.map = (const fx_map[]){{20, 21}, {21, 20}, {5, 22}};
    command.map_count = 3;
    command.umask = (fx_number)FX_NUMBER(027);
    command.directory = "/";
    command.environment_set = (const char *const[]){"ADDED=yes", NULL};
    command.environment_unset = (const char *const[]){"HOME", NULL};
    command.ignored_signals = (fx_signals){.set = true, .count = 1, .list = &(int){SIGHUP}};
    command.block_signals = (fx_signals){.set = true, .count = 1, .list = &(int){SIGUSR2}};
    command.limits = &(fx_limit){.resource = RLIMIT_CORE, .soft = {FX_LIMIT_VALUE, 0}};
    command.limit_count = 1;
    command.process_group = (fx_number)FX_NUMBER(0);
    pid_t pid;
    char *became = see_become(&command, &pid);
    command.program = program_path("report");
    char *child = see(&command);
    assert_same(became, child);
    assert_saw_file(became, 20, 21);
    assert_saw_file(became, 21, 20);
    assert_saw_file(became, 5, 22);
    assert_int_equal(seen_number(became, "pid", 0), pid);
    assert_int_equal(seen_number(became, "process-group", 0), pid);
    free(became);
    free(child);
    (void)close(first);
    (void)close(second);
    (void)close(third);
}

static void handle(int number) { (void)number; }

static void handlers_and_what_is_open_are_gone(void **state) {
    (void)state;
    void (*before)(int) = signal(SIGUSR1, handle);
    int other = fcntl(0, F_DUPFD, 30);
    fx_command command = plain();
    pid_t pid;
    char *report = see_become(&command, &pid);
    assert_saw(report, "descriptors 0 1 2");
    free(report);
    (void)signal(SIGUSR1, before);
    (void)close(other);
}

static void the_variable_has_the_own_pid(void **state) {
    (void)state;
    fx_command command = plain();
    pid_t pid;
    command.pid_variable = "OWN_PID";
    char *report = see_become(&command, &pid);
    assert_saw(report, "environment OWN_PID=%d", (int)pid);
    free(report);
}

static int create_file(void *path) {
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    return fd < 0 ? errno : close(fd);
}

static void a_callback_runs(void **state) {
    char path[4096];
    pid_t pid;
    (void)state;
    (void)snprintf(path, sizeof path, "%s", scratch("called"));
    fx_command command = plain();
    command.callback = (fx_callback){create_file, path};
    command.mechanism = forking_mechanism();
    free(see_become(&command, &pid));
    assert_int_equal(access(path, F_OK), 0);
}

static void it_waits_at_the_gate(void **state) {
    int gate[2], said[2];
    char byte;
    (void)state;
    new_pipe(gate);
    new_pipe(said);
    fx_command command = command_of(ARGV("act", "say", "x", ""));
    command.mechanism = forking_mechanism();
    command.gate = (fx_number){true, gate[0]};
    command.stdio[1] = (fx_stdio){.kind = FX_STDIO_DESCRIPTOR, .descriptor = said[1]};
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        (void)close(gate[1]);
        (void)fx_exec(&command, NULL);
        _exit(UNEXPECTED);
    }
    (void)close(said[1]);
    assert_int_equal(waitpid(pid, NULL, WNOHANG), 0);
    (void)close(gate[1]);
    assert_int_equal(read(said[0], &byte, 1), 1);
    assert_int_equal(end_of(pid).code, 0);
    (void)close(gate[0]);
    (void)close(said[0]);
}

/* ---- failures ---- */

static void pipes_need_a_child(void **state) {
    (void)state;
    fx_command command = plain();
    command.stdio[1].kind = FX_STDIO_PIPE;
    fx_error error = assert_does_not_become(command, EINVAL, FX_STEP_COMMAND);
    assert_message(&error, "stdio[1]: a pipe has nobody at its other end where there is no child");
}

static void what_fails_is_told(void **state) {
    (void)state;
    fx_command command = plain();
    command.program = "/nonexistent/program";
    fx_error error = assert_does_not_become(command, ENOENT, FX_STEP_EXEC);
    assert_message(&error, "exec(\"/nonexistent/program\"): program not found");
    command.program = scratch_file("script", 0755, "#!/nonexistent/interpreter\n");
    error = assert_does_not_become(command, ENOENT, FX_STEP_EXEC);
    assert_int_equal(error.cause, FX_CAUSE_INTERPRETER);
    command.directory = "/nonexistent";
    error = assert_does_not_become(command, ENOENT, FX_STEP_CHDIR);
    assert_message(&error, "chdir(\"/nonexistent\"): No such file or directory");
    command.argv = NULL;
    (void)assert_does_not_become(command, EINVAL, FX_STEP_COMMAND);
}

static void the_mask_is_what_it_was_after_a_failure(void **state) {
    (void)state;
    fx_command command = plain();
    command.program = "/nonexistent/program";
    command.blocked_signals = (fx_signals){.set = true, .count = 1, .list = &(int){SIGUSR2}};
    (void)assert_does_not_become(command, ENOENT, FX_STEP_EXEC);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_a_child_of_the_same_command_would),
        cmocka_unit_test(handlers_and_what_is_open_are_gone),
        cmocka_unit_test(the_variable_has_the_own_pid),
        cmocka_unit_test(a_callback_runs),
        cmocka_unit_test(it_waits_at_the_gate),
        cmocka_unit_test(pipes_need_a_child),
        cmocka_unit_test(what_fails_is_told),
        cmocka_unit_test(the_mask_is_what_it_was_after_a_failure),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
