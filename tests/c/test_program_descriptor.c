/* SPDX-License-Identifier: MIT
 *
 * A program given as an open file; and what may be done about a program that is being written to,
 * or has no format.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support.h"

static int open_program(const char *path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

static fx_command of_descriptor(int fd, char *const argv[]) {
    fx_command command = command_of(argv);
    command.program = NULL;
    command.program_fd = (fx_number)FX_NUMBER(fd);
    return command;
}

/* Where the system cannot do it, it says so. */
static void skip_if_impossible(void) {
    fx_plan *plan;
    fx_error error = {.size = sizeof error};
    fx_command command = of_descriptor(0, ARGV("act", "exit", "3"));
    if (fx_compile(&command, &plan, &error) == 0) {
        fx_plan_free(plan);
        return;
    }
    assert_int_equal(error.code, -ENOTSUP);
    assert_message(&error, "program_fd: this system cannot do it: it needs execveat(2), of Linux "
                           "3.19, or fexecve(3)");
    skip();
}

static void refuse(const fx_command *command, int code, const char *field, const char *message) {
    fx_error error = assert_fails(command, code, FX_STEP_COMMAND, field);
    assert_message(&error, message);
}

static void an_open_file_is_executed(void **state) {
    (void)state;
    skip_if_impossible();
    int fd = open_program(program_path("act"));
    fx_command command = of_descriptor(fd, ARGV("act", "exit", "7"));
    assert_exits(&command, 7);
    /* And is not open in the program. */
    command.argv = ARGV("act", "count");
    assert_exits(&command, 0);
    (void)close(fd);
}

/* Whatever became of its name; and wherever the map puts something else. */
static void it_needs_no_name(void **state) {
    (void)state;
    skip_if_impossible();
    const char *path = scratch_program("unlinked", "act");
    int fd = open_program(path), file = new_file();
    assert_int_equal(unlink(path), 0);
    const fx_map map[] = {{.child = fd, .parent = file}};
    fx_command command = of_descriptor(fd, ARGV("act", "count"));
    command.map = map;
    command.map_count = 1;
    assert_exits(&command, 1);
    (void)close(fd);
    (void)close(file);
}

#ifdef O_PATH
static void it_need_not_be_readable(void **state) {
    (void)state;
    skip_if_impossible();
    int fd = open(program_path("act"), O_PATH | O_CLOEXEC);
    fx_command command = of_descriptor(fd, ARGV("act", "exit", "8"));
    assert_exits(&command, 8);
    (void)close(fd);
}
#endif

/* ---- scripts ---- */

static const char *script(void) { return scratch_file("script", 0755, "#!/bin/sh\nexit $1\n"); }

static void a_script_is_executed_where_it_is_kept(void **state) {
    (void)state;
    skip_if_impossible();
    int fd = open_program(script());
    fx_command command = of_descriptor(fd, ARGV("script", "9"));
    command.keep = &fd;
    command.keep_count = 1;
    assert_exits(&command, 9);
    const fx_map map[] = {{.child = 30, .parent = fd}};
    command.keep_count = 0;
    command.map = map;
    command.map_count = 1;
    assert_exits(&command, 9);
    (void)close(fd);
}

static void a_script_is_executed_where_it_is_inherited(void **state) {
    (void)state;
    skip_if_impossible();
    int fd = open_program(script());
    fx_command command = of_descriptor(fd, ARGV("script", "9"));
    command.inherit_others = true;
    (void)assert_fails(&command, ENOEXEC, FX_STEP_COMMAND, "program_fd");
    assert_int_equal(fcntl(fd, F_SETFD, 0), 0);
    assert_exits(&command, 9);
    const fx_map map[] = {{.child = fd, .parent = 0}};
    command.map = map;
    command.map_count = 1;
    (void)assert_fails(&command, ENOEXEC, FX_STEP_COMMAND, "program_fd");
    (void)close(fd);
}

static void a_script_that_is_not_kept_is_an_error(void **state) {
    (void)state;
    skip_if_impossible();
    char message[160];
    int fd = open_program(script());
    fx_command command = of_descriptor(fd, ARGV("script", "9"));
    (void)snprintf(
        message, sizeof message,
        "program_fd: descriptor %d is a script, which its interpreter has to open in the "
        "program: it must be in keep or the map",
        fd);
    refuse(&command, ENOEXEC, "program_fd", message);
    (void)close(fd);
#ifdef O_PATH
    fd = open(script(), O_PATH | O_CLOEXEC);
    command.program_fd.value = fd;
    (void)assert_fails(&command, ENOEXEC, FX_STEP_COMMAND, "program_fd");
    command.keep = &fd;
    command.keep_count = 1;
    assert_exits(&command, 9);
    (void)close(fd);
#endif
}

/* ---- what can go wrong ---- */

static void failures_name_the_descriptor(void **state) {
    (void)state;
    skip_if_impossible();
    char subject[32], message[64];
    int fd = open_program(scratch_file("data", 0644, "data"));
    fx_command command = of_descriptor(fd, ARGV("data"));
    (void)snprintf(subject, sizeof subject, "descriptor %d", fd);
    (void)snprintf(message, sizeof message, "exec(descriptor %d): Permission denied", fd);
    fx_error error = assert_fails(&command, EACCES, FX_STEP_EXEC, subject);
    assert_message(&error, message);
    (void)close(fd);
}

/* gotcha 23 */
static void what_is_missing_is_said(void **state) {
    (void)state;
    skip_if_impossible();
    char message[96];
    int fd = open_program(scratch_file("orphan", 0755, "#!/nonexistent/interpreter\n"));
    fx_command command = of_descriptor(fd, ARGV("orphan"));
    command.keep = &fd;
    command.keep_count = 1;
    fx_error error = assert_fails(&command, ENOENT, FX_STEP_EXEC, NULL);
    assert_int_equal(error.cause, FX_CAUSE_INTERPRETER);
    (void)snprintf(message, sizeof message,
                   "exec(descriptor %d): interpreter \"/nonexistent/interpreter\" not found", fd);
    assert_message(&error, message);
    (void)close(fd);
#ifdef __linux__
    fd = open_program(program_path("no_loader"));
    error = assert_fails(&command, ENOENT, FX_STEP_EXEC, NULL);
    assert_int_equal(error.cause, FX_CAUSE_LOADER);
    (void)close(fd);
#endif
}

static void there_is_one_program(void **state) {
    (void)state;
    fx_command command = command_of(ARGV("act", "exit", "0"));
    command.program_fd = (fx_number)FX_NUMBER(0);
    refuse(&command, EINVAL, "program_fd", "program_fd: excludes program");
    command.program = NULL;
    command.candidates = (const char *[]){"/bin/true", NULL};
    refuse(&command, EINVAL, "program_fd", "program_fd: excludes candidates");
    command.candidates = NULL;
    command.shell_fallback = true;
    refuse(&command, EINVAL, "shell_fallback",
           "shell_fallback: needs the path of the program: it excludes program_fd");
    command.shell_fallback = false;
    command.program_fd.value = 99;
    refuse(&command, EBADF, "program_fd", "program_fd: descriptor 99 is not open");
}

static void a_busy_descriptor_is_waited_for_in_vain(void **state) {
    (void)state;
    skip_if_impossible();
    const char *path = scratch_program("busy", "act");
    int writer = open(path, O_WRONLY | O_CLOEXEC), fd = open_program(path);
    assert_true(writer >= 0);
    fx_command command = of_descriptor(fd, ARGV("act", "exit", "12"));
    command.busy_timeout = 1;
    (void)assert_fails(&command, ETXTBSY, FX_STEP_EXEC, NULL);
    (void)close(writer);
    assert_exits(&command, 12);
    (void)close(fd);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_open_file_is_executed),
        cmocka_unit_test(it_needs_no_name),
#ifdef O_PATH
        cmocka_unit_test(it_need_not_be_readable),
#endif
        cmocka_unit_test(a_script_is_executed_where_it_is_kept),
        cmocka_unit_test(a_script_is_executed_where_it_is_inherited),
        cmocka_unit_test(a_script_that_is_not_kept_is_an_error),
        cmocka_unit_test(failures_name_the_descriptor),
        cmocka_unit_test(what_is_missing_is_said),
        cmocka_unit_test(there_is_one_program),
        cmocka_unit_test(a_busy_descriptor_is_waited_for_in_vain),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
