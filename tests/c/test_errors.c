/* SPDX-License-Identifier: MIT
 *
 * One sentence says what failed.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"

static fx_command program(const char *path) {
    static const char *const argv[] = {"argv0", NULL};
    fx_command command = command_of(NULL);
    command.argv = (char *const *)argv;
    command.program = path;
    return command;
}

static fx_error exec_fails(const fx_command *command, int code) {
    char subject[2 * PATH_MAX];
    (void)snprintf(subject, sizeof subject, "\"%s\"", command->program);
    return assert_fails(command, code, FX_STEP_EXEC, subject);
}

/* gotcha 23: the first of four meanings */
static void the_program_is_missing(void **state) {
    (void)state;
    fx_command command = program("/nonexistent/program");
    fx_error error = exec_fails(&command, ENOENT);
    assert_int_equal(error.cause, FX_CAUSE_PROGRAM);
    char text[FX_MESSAGE_MAX];
    (void)fx_error_message(&error, text, sizeof text);
    assert_ptr_equal(strstr(text, "exec(\"/nonexistent/program\"): "), text);
    assert_non_null(strstr(text, "not found"));
}

static void the_program_is_missing_from_path(void **state) {
    (void)state;
    fx_command command = program("no-such-tool");
    command.environment = (char *[]){(char[]){"PATH=/a:/b"}, NULL};
    fx_error error = exec_fails(&command, ENOENT);
    assert_int_equal(error.cause, FX_CAUSE_PROGRAM);
    assert_non_null(strstr(error.detail, "/a:/b"));
}

/* gotcha 23: the second */
static void the_directory_is_missing(void **state) {
    (void)state;
    fx_command command = program("/bin/true");
    command.directory = "/nonexistent";
    fx_error error = assert_fails(&command, ENOENT, FX_STEP_CHDIR, "\"/nonexistent\"");
    assert_int_equal(error.cause, FX_CAUSE_DIRECTORY);
}

/* gotcha 23: the third */
static void the_interpreter_is_missing(void **state) {
    (void)state;
    char message[FX_MESSAGE_MAX];
    const char *script = scratch_file("script", 0755, "#! /nonexistent/python -u\n");
    fx_command command = program(script);
    fx_error error = exec_fails(&command, ENOENT);
    assert_int_equal(error.cause, FX_CAUSE_INTERPRETER);
    (void)snprintf(message, sizeof message,
                   "exec(\"%s\"): interpreter \"/nonexistent/python\" not found", script);
    assert_message(&error, message);
}

static void the_interpreters_interpreter_is_missing(void **state) {
    (void)state;
    char line[PATH_MAX];
    (void)snprintf(line, sizeof line, "#!%s\n",
                   scratch_file("interpreter", 0755, "#!/nonexistent/python\n"));
    fx_command command = program(scratch_file("script", 0755, line));
    fx_error error = exec_fails(&command, ENOENT);
    assert_int_equal(error.cause, FX_CAUSE_INTERPRETER);
    assert_non_null(strstr(error.detail, "\"/nonexistent/python\""));
}

/* gotcha 23: the fourth */
static void the_loader_is_missing(void **state) {
    (void)state;
    fx_command command = program(program_path("no_loader"));
    fx_error error = exec_fails(&command, ENOENT);
    assert_int_equal(error.cause, FX_CAUSE_LOADER);
    assert_non_null(strstr(error.detail, "\"/nonexistent/loader\""));
}

static void they_are_told_apart_in_another_directory_too(void **state) {
    (void)state;
    const char *folder = scratch_folder("folder");
    (void)scratch_file("folder/script", 0755, "#!/nonexistent/python\n");
    fx_command command = program("./script");
    command.directory = folder;
    fx_error error = exec_fails(&command, ENOENT);
    assert_int_equal(error.cause, FX_CAUSE_INTERPRETER);
    command.program = "./missing";
    error = exec_fails(&command, ENOENT);
    assert_int_equal(error.cause, FX_CAUSE_PROGRAM);
}

static void what_is_no_program_is_said(void **state) {
    (void)state;
    fx_command command = program(scratch_file("file", 0644, "text"));
    if (geteuid() != 0 || access(command.program, X_OK) != 0)
        (void)exec_fails(&command, EACCES);
    command.program = scratch_folder("folder");
    (void)exec_fails(&command, EACCES);
    command.program = scratch_file("text", 0755, "text");
    (void)exec_fails(&command, ENOEXEC);
    command.program = scratch_file("empty", 0755, "");
    (void)exec_fails(&command, ENOEXEC);
    command.program = "";
    (void)assert_fails(&command, ENOENT, FX_STEP_EXEC, "\"\"");
    (void)unlink(scratch("loop"));
    assert_int_equal(symlink("loop", scratch("loop")), 0);
    command.program = scratch("loop");
    (void)exec_fails(&command, ELOOP);
}

/* A fifo by that name must not be opened for a message: that would wait for ever. */
static void looking_closer_never_waits(void **state) {
    (void)state;
    assert_int_equal(mkfifo(scratch("fifo"), 0755), 0);
    fx_command command = program(scratch("fifo"));
    (void)exec_fails(&command, EACCES);
    char path[PATH_MAX + 16];
    (void)snprintf(path, sizeof path, "%s/x", scratch("fifo"));
    command.program = path;
    (void)exec_fails(&command, ENOTDIR);
}

static void a_long_name_is_cut_not_overrun(void **state) {
    enum { LENGTH = 3000 };
    (void)state;
    char path[LENGTH + 1];
    for (int i = 0; i < LENGTH; i++)
        path[i] = i % 100 ? 'x' : '/';
    path[LENGTH] = '\0';
    fx_command command = program(path);
    fx_error error = assert_fails(&command, ENOENT, FX_STEP_EXEC, NULL);
    char text[FX_MESSAGE_MAX];
    int length = fx_error_message(&error, text, sizeof text);
    assert_true(length > 0);
    assert_true(strlen(text) < sizeof text);
    memset(path, 'x', LENGTH);
    (void)assert_fails(&command, ENAMETOOLONG, FX_STEP_EXEC, NULL);
}

static void a_message_fits_any_buffer(void **state) {
    (void)state;
    fx_command command = program("/nonexistent/program");
    fx_error error = exec_fails(&command, ENOENT);
    char whole[FX_MESSAGE_MAX], part[FX_MESSAGE_MAX];
    int length = fx_error_message(&error, whole, sizeof whole);
    for (size_t size = 0; size <= (size_t)length + 2; size++) {
        memset(part, 0x5a, sizeof part);
        assert_int_equal(fx_error_message(&error, part, size), length);
        assert_int_equal(part[size], 0x5a);
        if (size > 0)
            assert_memory_equal(part, whole, size - 1 < (size_t)length ? size - 1 : (size_t)length);
    }
    assert_int_equal(fx_error_message(&error, NULL, 0), length);
}

static void every_name_is_a_string(void **state) {
    (void)state;
    for (int i = -2; i < 100; i++) {
        assert_true(strlen(fx_step_name((fx_step)i)) > 0);
        assert_true(strlen(fx_mechanism_name((fx_mechanism)i)) > 0);
        assert_true(strlen(fx_reason_name((fx_reason)i)) > 0);
        assert_true(strlen(fx_reason_text((fx_reason)i)) > 0);
    }
    assert_string_equal(fx_step_name(FX_STEP_CHDIR), "chdir");
    assert_string_equal(fx_mechanism_name(FX_MECHANISM_CLONE3), "clone3");
    assert_string_equal(fx_reason_name(FX_REASON_CALLBACK), "callback");
    char version[32];
    (void)snprintf(version, sizeof version, "%d.%d.%d", FX_VERSION_MAJOR, FX_VERSION_MINOR,
                   FX_VERSION_PATCH);
    assert_string_equal(fx_version(), version);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_program_is_missing),
        cmocka_unit_test(the_program_is_missing_from_path),
        cmocka_unit_test(the_directory_is_missing),
        cmocka_unit_test(the_interpreter_is_missing),
        cmocka_unit_test(the_interpreters_interpreter_is_missing),
        cmocka_unit_test(the_loader_is_missing),
        cmocka_unit_test(they_are_told_apart_in_another_directory_too),
        cmocka_unit_test(what_is_no_program_is_said),
        cmocka_unit_test(looking_closer_never_waits),
        cmocka_unit_test(a_long_name_is_cut_not_overrun),
        cmocka_unit_test(a_message_fits_any_buffer),
        cmocka_unit_test(every_name_is_a_string),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
