/* SPDX-License-Identifier: MIT
 *
 * The environment: inherited, replaced, edited.
 */
#include <stdlib.h>
#include <string.h>

#include "support.h"

static int count_environment(const char *report) {
    int count = 0;
    for (const char *at = report; *at; at += strcspn(at, "\n") + 1)
        count += strncmp(at, "environment ", 12) == 0;
    return count;
}

static fx_command bare(char **environment) {
    fx_command command = command_of(NULL);
    command.environment = environment;
    return command;
}

static void it_is_inherited(void **state) {
    (void)state;
    extern char **environ;
    int count = 0;
    assert_int_equal(setenv("FORKEXEC_TEST_VALUE", "of the parent", 1), 0);
    for (char **entry = environ; *entry; entry++)
        count++;
    fx_command command = bare(NULL);
    char *report = see(&command);
    assert_saw(report, "environment FORKEXEC_TEST_VALUE=of the parent");
    assert_int_equal(count_environment(report), count);
    free(report);
    assert_int_equal(unsetenv("FORKEXEC_TEST_VALUE"), 0);
}

static void it_is_replaced(void **state) {
    (void)state;
    fx_command command = bare((char *[]){(char[]){"A=1"}, (char[]){"B="}, NULL});
    char *report = see(&command);
    assert_saw(report, "environment A=1");
    assert_saw(report, "environment B=");
    assert_int_equal(count_environment(report), 2);
    free(report);
}

static void it_can_be_empty(void **state) {
    (void)state;
    fx_command command = bare((char *[]){NULL});
    char *report = see(&command);
    assert_int_equal(count_environment(report), 0);
    free(report);
}

/* Strange entries are the caller's business: they arrive as they are. */
static void it_is_passed_on_as_it_is(void **state) {
    (void)state;
    fx_command command =
        bare((char *[]){(char[]){"no equals sign"}, (char[]){"=x=y"}, (char[]){"A=1"},
                        (char[]){"A=2"}, (char[]){"B=\xff\n"}, (char[]){""}, NULL});
    char *report = see(&command);
    assert_saw(report, "environment no equals sign");
    assert_saw(report, "environment =x=y");
    assert_saw(report, "environment A=1");
    assert_saw(report, "environment A=2");
    assert_saw(report, "environment B=\\xff\\x0a");
    assert_int_equal(count_environment(report), 6);
    free(report);
}

static void names_are_set(void **state) {
    (void)state;
    fx_command command = bare((char *[]){(char[]){"A=1"}, (char[]){"AB=1"}, NULL});
    command.environment_set = (const char *[]){"A=2", "C=a=b", NULL};
    char *report = see(&command);
    assert_saw(report, "environment A=2");
    assert_saw(report, "environment AB=1");
    assert_saw(report, "environment C=a=b");
    assert_int_equal(count_environment(report), 3);
    free(report);
}

static void names_are_unset(void **state) {
    (void)state;
    fx_command command =
        bare((char *[]){(char[]){"A=1"}, (char[]){"AB=1"}, (char[]){"A=2"}, (char[]){"B=3"}, NULL});
    command.environment_unset = (const char *[]){"A", "MISSING", NULL};
    char *report = see(&command);
    assert_saw(report, "environment AB=1");
    assert_saw(report, "environment B=3");
    assert_int_equal(count_environment(report), 2);
    free(report);
}

static void unset_comes_before_set(void **state) {
    (void)state;
    fx_command command = bare((char *[]){(char[]){"A=1"}, NULL});
    command.environment_unset = (const char *[]){"A", NULL};
    command.environment_set = (const char *[]){"A=2", "A=3", NULL};
    char *report = see(&command);
    assert_saw(report, "environment A=3");
    assert_int_equal(count_environment(report), 1);
    free(report);
}

static void editing_leaves_the_parents_alone(void **state) {
    (void)state;
    assert_int_equal(setenv("FORKEXEC_TEST_VALUE", "before", 1), 0);
    fx_command command = bare(NULL);
    command.environment_set = (const char *[]){"FORKEXEC_TEST_VALUE=after", NULL};
    char *report = see(&command);
    assert_saw(report, "environment FORKEXEC_TEST_VALUE=after");
    assert_string_equal(getenv("FORKEXEC_TEST_VALUE"), "before");
    free(report);
    assert_int_equal(unsetenv("FORKEXEC_TEST_VALUE"), 0);
}

/* gotcha 44: a plan has its own copy, taken once */
static void a_plan_has_a_copy(void **state) {
    (void)state;
    assert_int_equal(setenv("PATH_OF_TEST", "17", 1), 0);
    fx_command command = bare(NULL);
    command.argv = ARGV("sh", "-c", "exit $PATH_OF_TEST");
    command.program = "/bin/sh";
    fx_plan *plan;
    assert_int_equal(fx_compile(&command, &plan, NULL), 0);
    assert_int_equal(setenv("PATH_OF_TEST", "18", 1), 0);
    fx_child child = {.size = sizeof child};
    assert_int_equal(fx_launch(plan, &child, NULL), 0);
    fx_plan_free(plan);
    assert_int_equal(finish(&child).code, 17);
    assert_int_equal(unsetenv("PATH_OF_TEST"), 0);
}

static void a_large_environment_arrives(void **state) {
    enum { COUNT = 3000, SIZE = 200 };
    (void)state;
    static char entries[COUNT][SIZE], *list[COUNT + 1];
    for (int i = 0; i < COUNT; i++) {
        memset(entries[i], 'x', SIZE - 1);
        entries[i][4] = '=';
        list[i] = entries[i];
    }
    fx_command command = bare(list);
    char *report = see(&command);
    assert_int_equal(count_environment(report), COUNT);
    free(report);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_inherited),
        cmocka_unit_test(it_is_replaced),
        cmocka_unit_test(it_can_be_empty),
        cmocka_unit_test(it_is_passed_on_as_it_is),
        cmocka_unit_test(names_are_set),
        cmocka_unit_test(names_are_unset),
        cmocka_unit_test(unset_comes_before_set),
        cmocka_unit_test(editing_leaves_the_parents_alone),
        cmocka_unit_test(a_plan_has_a_copy),
        cmocka_unit_test(a_large_environment_arrives),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
