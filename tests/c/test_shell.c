/* SPDX-License-Identifier: MIT
 *
 * gotcha 42: a program without a format, which only a shell could run.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

static void a_shell_runs_what_has_no_format(void **state) {
    (void)state;
    const char *path = scratch_file("plain", 0755, "test \"$0\" = \"$1\" && exit $2\n");
    fx_command command = command_of(ARGV("act", path, "13"));
    command.program = path;
    command.shell_fallback = true;
    assert_exits(&command, 13);
}

static void only_if_asked(void **state) {
    (void)state;
    char message[128];
    const char *path = scratch_file("plain", 0755, "exit 1\n");
    fx_command command = command_of(ARGV("act"));
    command.program = path;
    fx_error error = assert_fails(&command, ENOEXEC, FX_STEP_EXEC, NULL);
    (void)snprintf(message, sizeof message, "exec(\"%s\"): Exec format error", path);
    assert_message(&error, message);
}

/* Found in PATH, and by a name that a shell would take for options. */
static void a_shell_takes_it_for_a_file(void **state) {
    static const char *const names[] = {"-c", "+x", "plain"};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *path = scratch_file(names[i], 0755, "exit $1\n");
        fx_command command = command_of(ARGV("act", "14"));
        char *folder = strndup(path, strlen(path) - strlen(names[i]) - 1);
        command.program = names[i];
        command.directory = folder;
        command.environment_set = (const char *[]){"PATH=/nonexistent:", NULL};
        command.shell_fallback = true;
        assert_exits(&command, 14);
        free(folder);
    }
}

static void a_program_with_a_format_needs_no_shell(void **state) {
    (void)state;
    fx_command command = command_of(ARGV("act", "exit", "15"));
    command.shell_fallback = true;
    assert_exits(&command, 15);
    command.program = "/nonexistent/program";
    fx_error error = assert_fails(&command, ENOENT, FX_STEP_EXEC, "\"/nonexistent/program\"");
    assert_int_equal(error.cause, FX_CAUSE_PROGRAM);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_shell_runs_what_has_no_format),
        cmocka_unit_test(only_if_asked),
        cmocka_unit_test(a_shell_takes_it_for_a_file),
        cmocka_unit_test(a_program_with_a_format_needs_no_shell),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
