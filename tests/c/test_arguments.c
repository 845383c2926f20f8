/* SPDX-License-Identifier: MIT
 *
 * argv and the program are what the command says, byte for byte.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support.h"

/* Run `report` with its report on standard output. */
static char *see_output(fx_command command) {
    command.stdio[1].kind = FX_STDIO_PIPE;
    fx_child child = start(&command);
    char *report = read_all(child.stdio[1]);
    child.stdio[1] = -1;
    assert_int_equal(finish(&child).code, 0);
    return report;
}

static void arguments_arrive(void **state) {
    (void)state;
    fx_command command =
        command_of(ARGV("report", "", "two words", "\"quoted\" $HOME *", "\xff\x01"));
    char *report = see_output(command);
    assert_saw(report, "argument report");
    assert_saw(report, "argument ");
    assert_saw(report, "argument two words");
    assert_saw(report, "argument \"quoted\" $HOME *");
    assert_saw(report, "argument \\xff\\x01");
    free(report);
}

static void the_first_argument_need_not_be_the_program(void **state) {
    (void)state;
    fx_command command = command_of(ARGV("report"));
    command.argv = ARGV("-login");
    char *report = see_output(command);
    assert_saw(report, "argument -login");
    assert_not_saw(report, "argument report");
    free(report);
}

static void an_empty_first_argument_is_an_argument(void **state) {
    (void)state;
    fx_command command = command_of(ARGV("report"));
    command.argv = ARGV("");
    char *report = see_output(command);
    assert_saw(report, "argument ");
    free(report);
}

static void the_program_is_argv0_unless_named(void **state) {
    (void)state;
    fx_command command = command_of(ARGV("report"));
    command.program = NULL;
    command.argv = ARGV(program_path("report"));
    char *report = see_output(command);
    assert_saw(report, "argument %s", program_path("report"));
    free(report);
}

static void many_arguments_arrive(void **state) {
    enum { COUNT = 10000 };
    (void)state;
    static char *argv[COUNT + 2];
    char text[COUNT][8];
    argv[0] = text[0];
    for (int i = 0; i < COUNT; i++) {
        (void)snprintf(text[i], sizeof text[i], "%d", i);
        argv[i] = text[i];
    }
    fx_command command = command_of(ARGV("report"));
    command.argv = argv;
    char *report = see_output(command);
    assert_saw(report, "argument 9999");
    free(report);
}

static void arguments_beyond_the_kernels_limit_are_too_big(void **state) {
    /* One string may have 128 KiB on Linux, all together a quarter of the stack's limit. */
    enum { SIZE = 16 << 20 };
    (void)state;
    char *big = malloc(SIZE);
    memset(big, 'x', SIZE - 1);
    big[SIZE - 1] = '\0';
    fx_command command = command_of(ARGV("act"));
    command.argv = ARGV("act", big);
    (void)assert_fails(&command, E2BIG, FX_STEP_EXEC, NULL);
    free(big);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arguments_arrive),
        cmocka_unit_test(the_first_argument_need_not_be_the_program),
        cmocka_unit_test(an_empty_first_argument_is_an_argument),
        cmocka_unit_test(the_program_is_argv0_unless_named),
        cmocka_unit_test(many_arguments_arrive),
        cmocka_unit_test(arguments_beyond_the_kernels_limit_are_too_big),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
