/* SPDX-License-Identifier: MIT
 *
 * A caller with an error channel of its own: told in the child, and left with the failed child.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "support.h"

struct told {
    fx_step step;
    int index, code;
};

static void tell(void *argument, fx_step step, int index, int code) {
    const struct told told = {step, index, code};
    if (write(*(const int *)argument, &told, sizeof told) != sizeof told)
        _exit(99);
}

static fx_command reporting(int *channel) {
    static const char *const arguments[] = {"act", "exit", "0", NULL};
    fx_command command = command_of((char *const *)arguments);
    command.reporter = (fx_reporter){.function = tell, .argument = channel};
    command.exempt = channel;
    command.exempt_count = 1;
    return command;
}

static void assert_told(int channel, fx_step step, int code) {
    struct told told;
    assert_int_equal(read(channel, &told, sizeof told), sizeof told);
    assert_int_equal(told.step, step);
    assert_int_equal(told.code, -code);
}

static void a_failed_exec_is_told(void **state) {
    (void)state;
    int ends[2];
    new_pipe(ends);
    fx_command command = reporting(&ends[1]);
    command.program = "/nonexistent/program";
    fx_child child = start(&command);
    assert_told(ends[0], FX_STEP_EXEC, ENOENT);
    /* The child is the caller's to wait for. */
    assert_int_equal(finish(&child).code, 255);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

static void a_failed_step_is_told(void **state) {
    (void)state;
    int ends[2];
    new_pipe(ends);
    fx_command command = reporting(&ends[1]);
    command.directory = "/nonexistent";
    fx_child child = start(&command);
    assert_told(ends[0], FX_STEP_CHDIR, ENOENT);
    assert_int_equal(finish(&child).code, 255);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

static void a_success_is_silent(void **state) {
    (void)state;
    int ends[2];
    char byte;
    new_pipe(ends);
    fx_command command = reporting(&ends[1]);
    fx_child child = start(&command);
    (void)close(ends[1]);
    assert_int_equal(read(ends[0], &byte, 1), 0);
    assert_int_equal(finish(&child).code, 0);
    (void)close(ends[0]);
}

static void it_leaves_no_descriptor(void **state) {
    (void)state;
    int ends[2];
    new_pipe(ends);
    fx_command command = reporting(&ends[1]);
    command.argv = NULL;
    command.program = NULL;
    char *report = see(&command);
    assert_saw(report, "descriptors 0 1 2");
    free(report);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

/* From the numbers, the parent makes the sentence that fx_launch() would have. */
static void what_is_told_becomes_a_sentence(void **state) {
    (void)state;
    int ends[2];
    fx_plan *plan;
    struct told told;
    fx_error error = {.size = sizeof error};
    fx_child child = {.size = sizeof child};
    new_pipe(ends);
    fx_command command = reporting(&ends[1]);
    command.program = "/nonexistent/program";
    assert_int_equal(fx_compile(&command, &plan, NULL), 0);
    assert_int_equal(fx_launch(plan, &child, NULL), 0);
    assert_int_equal(read(ends[0], &told, sizeof told), sizeof told);
    (void)finish(&child);
    assert_int_equal(fx_plan_failure(plan, told.step, told.index, told.code, &error), -ENOENT);
    assert_int_equal(error.cause, FX_CAUSE_PROGRAM);
    assert_message(&error, "exec(\"/nonexistent/program\"): program not found");
    fx_plan_free(plan);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failed_exec_is_told),
        cmocka_unit_test(a_failed_step_is_told),
        cmocka_unit_test(a_success_is_silent),
        cmocka_unit_test(it_leaves_no_descriptor),
        cmocka_unit_test(what_is_told_becomes_a_sentence),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
