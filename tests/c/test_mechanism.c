/* SPDX-License-Identifier: MIT
 *
 * Which mechanism, and why. In a world where the kernel refuses some of them,
 * FORKEXEC_TEST_EXPECTED says what is left: "clone refused", "fork copied", ...
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support.h"

static const char *expected(void) {
    const char *value = getenv("FORKEXEC_TEST_EXPECTED");
#ifdef __linux__
    return value && *value ? value : "clone3 fastest";
#else
    return value && *value ? value : "fork fastest";
#endif
}

static bool is_expected(fx_mechanism mechanism, fx_reason reason) {
    char text[64];
    (void)snprintf(text, sizeof text, "%s %s", fx_mechanism_name(mechanism),
                   fx_reason_name(reason));
    if (strcmp(text, expected()) != 0)
        print_error("it was: %s; expected: %s\n", text, expected());
    return strcmp(text, expected()) == 0;
}

static void the_choice_is_the_fastest_there_is(void **state) {
    (void)state;
    fx_command command = command_of(ARGV("act", "exit", "0"));
    command.mechanism = FX_MECHANISM_AUTO;
    for (int i = 0; i < 3; i++) {
        fx_child child = start(&command);
        assert_true(is_expected(child.mechanism, child.reason));
        (void)finish(&child);
    }
}

static void a_plan_tells_what_it_will_try(void **state) {
    (void)state;
    fx_command command = command_of(ARGV("act", "exit", "0"));
    command.mechanism = FX_MECHANISM_AUTO;
    fx_plan *plan;
    fx_reason reason = FX_REASON_NONE;
    assert_int_equal(fx_compile(&command, &plan, NULL), 0);
    fx_mechanism mechanism = fx_plan_mechanism(plan, &reason);
    assert_int_equal(fx_plan_mechanism(plan, NULL), mechanism);
    assert_int_not_equal(mechanism, FX_MECHANISM_AUTO);
    assert_int_equal(reason, FX_REASON_FASTEST);
    fx_plan_free(plan);
}

/* A forced mechanism is that one or an error, never another in silence. */
static void a_forced_one_is_that_one(void **state) {
    (void)state;
    for (int forced = FX_MECHANISM_CLONE3; forced < FX_MECHANISM_COUNT; forced++) {
        fx_command command = command_of(ARGV("act", "exit", "0"));
        fx_child child = {.size = sizeof child};
        fx_error error = {.size = sizeof error};
        command.mechanism = (fx_mechanism)forced;
        int result = fx_spawn(&command, &child, &error);
        if (result == 0) {
            assert_int_equal(child.mechanism, forced);
            assert_int_equal(child.reason, FX_REASON_ASKED);
            assert_int_equal(finish(&child).code, 0);
            continue;
        }
        /* Only where this world was said to be without it. */
        assert_int_not_equal(forced, FX_MECHANISM_FORK);
        assert_true(strcmp(expected(), "clone3 fastest") != 0);
        assert_true(error.step == FX_STEP_CLONE || error.step == FX_STEP_COMMAND);
        assert_int_equal(child.pid, 0);
    }
}

static void the_tested_one_is_used(void **state) {
    (void)state;
    fx_command command = command_of(ARGV("act", "exit", "0"));
    fx_child child = start(&command);
    if (tested_mechanism() != FX_MECHANISM_AUTO)
        assert_int_equal(child.mechanism, tested_mechanism());
    (void)finish(&child);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_choice_is_the_fastest_there_is),
        cmocka_unit_test(a_plan_tells_what_it_will_try),
        cmocka_unit_test(a_forced_one_is_that_one),
        cmocka_unit_test(the_tested_one_is_used),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
