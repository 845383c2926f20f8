/* SPDX-License-Identifier: MIT
 *
 * The two orders of steps, where a child can tell them apart, and what CPython's takes that
 * the standard one refuses.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"

static fx_command cpython(char *const argv[]) {
    fx_command command = command_of(argv);
    command.order = FX_ORDER_CPYTHON;
    command.directory_when = FX_DIRECTORY_FIRST;
    return command;
}

/* Two steps that must fail: the one that comes first is the one reported. */
static void the_first_failure_is_reported(void **state) {
    (void)state;
    fx_command command = command_of(ARGV("act", "exit", "0"));
    command.directory = "/nonexistent";
    command.process_group = (fx_number)FX_NUMBER(1);
    (void)assert_fails(&command, EPERM, FX_STEP_SETPGID, NULL);
    command.order = FX_ORDER_CPYTHON;
    command.directory_when = FX_DIRECTORY_FIRST;
    (void)assert_fails(&command, ENOENT, FX_STEP_CHDIR, NULL);
}

static int look_at_handler(void *argument) {
    struct sigaction action;
    (void)argument;
    (void)sigaction(SIGUSR1, NULL, &action);
    return action.sa_handler == SIG_DFL ? EDOM : ERANGE;
}

static void handle(int number) { (void)number; }

static void handlers_of_a_callback(void **state) {
    (void)state;
    void (*before)(int) = signal(SIGUSR1, handle);
    fx_command command = command_of(ARGV("act", "exit", "0"));
    command.mechanism = callback_mechanism();
    command.callback.function = look_at_handler;
    (void)assert_fails(&command, EDOM, FX_STEP_CALLBACK, NULL);
    command.order = FX_ORDER_CPYTHON;
    command.directory_when = FX_DIRECTORY_FIRST;
    (void)assert_fails(&command, ERANGE, FX_STEP_CALLBACK, NULL);
    (void)signal(SIGUSR1, before);
}

static void the_directory_comes_before_identity(void **state) {
    (void)state;
    if (geteuid() != 0)
        return;
    const char *folder = scratch_folder("private");
    assert_int_equal(chmod(folder, 0700), 0);
    fx_command command = cpython(NULL);
    command.mechanism = forking_mechanism();
    command.user = (fx_id)FX_ID(54321);
    command.directory = folder;
    /* The program is named by an absolute path, and the report is written to one. */
    char *report = see(&command);
    assert_saw(report, "user 54321 54321 54321");
    free(report);
    command.order = FX_ORDER_STANDARD;
    command.directory_when = FX_DIRECTORY_LAST;
    command.groups.set = true;
    command.argv = ARGV("act", "exit", "0");
    command.program = program_path("act");
    (void)assert_fails(&command, EACCES, FX_STEP_CHDIR, NULL);
}

static void the_map_wins_over_a_kept_number(void **state) {
    (void)state;
    int first = new_file_at(20), second = new_file_at(21);
    fx_command command = cpython(NULL);
    command.map = &(fx_map){.child = 20, .parent = 21};
    command.map_count = 1;
    command.keep = &(int){20};
    command.keep_count = 1;
    char *report = see(&command);
    assert_saw_file(report, 20, 21);
    assert_saw(report, "descriptors 0 1 2 20");
    free(report);
    (void)close(first);
    (void)close(second);
}

static void streams_are_not_made_inheritable(void **state) {
    (void)state;
    int flags = fcntl(0, F_GETFD);
    assert_int_equal(fcntl(0, F_SETFD, FD_CLOEXEC), 0);
    fx_command command = cpython(NULL);
    char *report = see(&command);
    assert_saw(report, "descriptors 1 2");
    free(report);
    assert_int_equal(fcntl(0, F_SETFD, flags), 0);
}

static void every_candidate_is_tried(void **state) {
    (void)state;
    const char *text = scratch_file("text", 0755, "no program\n");
    fx_command command = cpython(ARGV("act", "exit", "4"));
    command.candidates = (const char *[]){text, program_path("act"), NULL};
    assert_exits(&command, 4);
    command.order = FX_ORDER_STANDARD;
    command.directory_when = FX_DIRECTORY_LAST;
    (void)assert_fails(&command, ENOEXEC, FX_STEP_EXEC, NULL);
    /* The first error that says more than "not here" is the one reported. */
    command.order = FX_ORDER_CPYTHON;
    command.directory_when = FX_DIRECTORY_FIRST;
    command.candidates = (const char *[]){"/nonexistent/a", text, "/nonexistent/b", NULL};
    fx_error error = assert_fails(&command, ENOEXEC, FX_STEP_EXEC, NULL);
    assert_int_equal(error.index, 1);
}

static void a_user_alone_keeps_the_groups(void **state) {
    (void)state;
    fx_command command = cpython(NULL);
    command.mechanism = forking_mechanism();
    command.user = (fx_id)FX_ID(getuid());
    free(see(&command));
}

static void everything_else_is_closed_as_well(void **state) {
    (void)state;
    int kept = new_file_at(20), other = fcntl(0, F_DUPFD, 21);
    fx_command command = cpython(NULL);
    command.keep = &kept;
    command.keep_count = 1;
    char *report = see(&command);
    assert_saw(report, "descriptors 0 1 2 20");
    assert_saw_file(report, 20, 20);
    free(report);
    (void)close(kept);
    (void)close(other);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_failure_is_reported),
        cmocka_unit_test(handlers_of_a_callback),
        cmocka_unit_test(the_directory_comes_before_identity),
        cmocka_unit_test(the_map_wins_over_a_kept_number),
        cmocka_unit_test(streams_are_not_made_inheritable),
        cmocka_unit_test(every_candidate_is_tried),
        cmocka_unit_test(a_user_alone_keeps_the_groups),
        cmocka_unit_test(everything_else_is_closed_as_well),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
