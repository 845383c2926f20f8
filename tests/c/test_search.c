/* SPDX-License-Identifier: MIT
 *
 * The search of PATH.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support.h"

/* Exits with a status that tells which of several copies ran. */
static const char *script(const char *name, unsigned int mode, int status) {
    char content[64];
    (void)snprintf(content, sizeof content, "#!/bin/sh\nexit %d\n", status);
    return scratch_file(name, mode, content);
}

/* The variable PATH with these elements. */
static char *path_of(const char *const *elements) {
    static char variable[4 * PATH_MAX];
    int used = snprintf(variable, sizeof variable, "PATH=%s", *elements);
    while (*++elements)
        used += snprintf(variable + used, sizeof variable - (size_t)used, ":%s", *elements);
    assert_in_range(used, 5, sizeof variable - 1);
    return variable;
}
#define PATH_OF(...) path_of((const char *const[]){__VA_ARGS__, NULL})

static fx_command search_for(const char *name, char **environment) {
    static const char *argv[2];
    argv[0] = name;
    fx_command command = command_of(NULL);
    command.argv = (char *const *)argv;
    command.environment = environment;
    return command;
}

static void two_folders(const char **first, const char **second) {
    *first = scratch_folder("first");
    *second = scratch_folder("second");
    (void)unlink(scratch("first/tool"));
    (void)unlink(scratch("second/tool"));
}

static void the_first_of_two_is_taken(void **state) {
    (void)state;
    const char *first, *second;
    two_folders(&first, &second);
    (void)script("first/tool", 0755, 1);
    (void)script("second/tool", 0755, 2);
    char *environment[] = {PATH_OF(first, second), NULL};
    fx_command command = search_for("tool", environment);
    assert_exits(&command, 1);
    environment[0] = PATH_OF(second, first);
    assert_exits(&command, 2);
}

static void the_search_goes_on_where_there_is_none(void **state) {
    (void)state;
    const char *first, *second;
    two_folders(&first, &second);
    (void)script("second/tool", 0755, 2);
    char *environment[] = {PATH_OF("/nonexistent", first, second), NULL};
    fx_command command = search_for("tool", environment);
    assert_exits(&command, 2);
}

/* gotcha 41: an element that is no directory, and one without permission */
static void the_search_goes_on_after_notdir_and_eacces(void **state) {
    (void)state;
    const char *first, *second;
    two_folders(&first, &second);
    const char *file = scratch_file("file", 0755, "");
    (void)script("second/tool", 0755, 2);
    char *environment[] = {PATH_OF(file, second), NULL};
    fx_command command = search_for("tool", environment);
    assert_exits(&command, 2);
    (void)script("first/tool", 0644, 1);
    environment[0] = PATH_OF(first, second);
    assert_exits(&command, 2);
}

/* gotcha 41: "permission denied" says more than "not found", whatever comes after it */
static void eacces_is_remembered(void **state) {
    (void)state;
    const char *first, *second;
    two_folders(&first, &second);
    (void)script("first/tool", 0644, 1);
    char *environment[] = {PATH_OF(first, second, "/nonexistent"), NULL};
    fx_command command = search_for("tool", environment);
    (void)assert_fails(&command, EACCES, FX_STEP_EXEC, "\"tool\"");
}

static void notdir_is_just_absence(void **state) {
    (void)state;
    const char *file = scratch_file("file", 0755, "");
    char *environment[] = {PATH_OF(file, "/nonexistent"), NULL};
    fx_command command = search_for("tool", environment);
    fx_error error = assert_fails(&command, ENOENT, FX_STEP_EXEC, "\"tool\"");
    assert_int_equal(error.cause, FX_CAUSE_PROGRAM);
}

/* gotcha 41: an empty element is the current directory, at either end and in the middle */
static void an_empty_element_is_the_directory(void **state) {
    (void)state;
    const char *first, *second;
    two_folders(&first, &second);
    (void)script("second/tool", 0755, 2);
    const char *const forms[][4] = {
        {"", first, NULL}, {first, "", NULL}, {first, "", "/nonexistent", NULL}};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        char *environment[] = {path_of(forms[i]), NULL};
        fx_command command = search_for("tool", environment);
        command.directory = second;
        assert_exits(&command, 2);
    }
}

static void an_empty_path_is_the_directory(void **state) {
    (void)state;
    const char *first, *second;
    two_folders(&first, &second);
    (void)script("second/tool", 0755, 2);
    fx_command command = search_for("tool", (char *[]){(char[]){"PATH="}, NULL});
    command.directory = second;
    assert_exits(&command, 2);
}

/* gotcha 41: what is relative is relative to the child's new directory */
static void relative_names_start_in_the_new_directory(void **state) {
    (void)state;
    const char *first, *second;
    two_folders(&first, &second);
    (void)script("second/tool", 0755, 2);
    fx_command command = search_for("tool", (char *[]){(char[]){"PATH=../second"}, NULL});
    command.directory = first;
    assert_exits(&command, 2);
    command = search_for("./tool", NULL);
    command.directory = second;
    assert_exits(&command, 2);
    command = search_for("second/tool", NULL);
    command.directory = scratch(".");
    assert_exits(&command, 2);
}

static void a_name_with_a_slash_is_not_searched_for(void **state) {
    (void)state;
    const char *first, *second;
    two_folders(&first, &second);
    (void)script("second/tool", 0755, 2);
    char *environment[] = {PATH_OF(scratch("."), second), NULL};
    fx_command command = search_for("second/tool", environment);
    command.directory = "/";
    fx_error error = assert_fails(&command, ENOENT, FX_STEP_EXEC, "\"second/tool\"");
    assert_int_equal(error.cause, FX_CAUSE_PROGRAM);
}

static void the_path_is_the_childs_or_the_parents(void **state) {
    (void)state;
    const char *first, *second;
    two_folders(&first, &second);
    (void)script("first/tool", 0755, 1);
    (void)script("second/tool", 0755, 2);
    char saved[4 * PATH_MAX];
    (void)snprintf(saved, sizeof saved, "%s", getenv("PATH") ? getenv("PATH") : "");
    assert_int_equal(setenv("PATH", first, 1), 0);
    char *environment[] = {PATH_OF(second), NULL};
    fx_command command = search_for("tool", environment);
    assert_exits(&command, 2);
    command.search = FX_SEARCH_PARENT;
    assert_exits(&command, 1);
    command.environment = NULL;
    command.search = FX_SEARCH_CHILD;
    assert_exits(&command, 1);
    /* What is set only for the child counts for the child. */
    command.environment_set = (const char *[]){environment[0], NULL};
    assert_exits(&command, 2);
    assert_int_equal(setenv("PATH", saved, 1), 0);
}

static void no_search_means_a_path(void **state) {
    (void)state;
    const char *first, *second;
    two_folders(&first, &second);
    (void)script("first/tool", 0755, 1);
    (void)script("second/tool", 0755, 2);
    char *environment[] = {PATH_OF(first), NULL};
    fx_command command = search_for("tool", environment);
    command.search = FX_SEARCH_NONE;
    command.directory = second;
    assert_exits(&command, 2);
    command.directory = "/";
    (void)assert_fails(&command, ENOENT, FX_STEP_EXEC, "\"tool\"");
}

static void without_a_path_the_default_is_searched(void **state) {
    (void)state;
    fx_command command = search_for("true", (char *[]){NULL});
    assert_exits(&command, 0);
    command = search_for("no-such-program", (char *[]){(char[]){"PATHS=x"}, NULL});
    (void)assert_fails(&command, ENOENT, FX_STEP_EXEC, "\"no-such-program\"");
}

static void candidates_replace_the_search(void **state) {
    (void)state;
    const char *first, *second;
    two_folders(&first, &second);
    const char *tool = script("second/tool", 0755, 2);
    fx_command command = search_for("anything", NULL);
    command.candidates = (const char *[]){"/nonexistent/tool", tool, "/bin/true", NULL};
    assert_exits(&command, 2);
    command.candidates = (const char *[]){"/nonexistent/a", "/nonexistent/b", NULL};
    fx_error error = assert_fails(&command, ENOENT, FX_STEP_EXEC, "\"/nonexistent/a\"");
    assert_int_equal(error.cause, FX_CAUSE_PROGRAM);
}

/* gotcha 42: what is no executable is never handed to a shell */
static void no_executable_ends_the_search(void **state) {
    (void)state;
    const char *first, *second;
    two_folders(&first, &second);
    (void)scratch_file("first/tool", 0755, "exit 7\n");
    (void)script("second/tool", 0755, 2);
    char *environment[] = {PATH_OF(first, second), NULL};
    fx_command command = search_for("tool", environment);
    (void)assert_fails(&command, ENOEXEC, FX_STEP_EXEC, "\"tool\"");
}

static void a_long_path_is_searched_to_its_end(void **state) {
    enum { COUNT = 2000 };
    (void)state;
    const char *first, *second;
    two_folders(&first, &second);
    (void)script("second/tool", 0755, 2);
    char *variable = malloc(COUNT * 16 + PATH_MAX);
    char *at = variable + sprintf(variable, "PATH=");
    for (int i = 0; i < COUNT; i++)
        at += sprintf(at, "/nowhere/%d:", i);
    (void)strcpy(at, second);
    fx_command command = search_for("tool", (char *[]){variable, NULL});
    assert_exits(&command, 2);
    free(variable);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_of_two_is_taken),
        cmocka_unit_test(the_search_goes_on_where_there_is_none),
        cmocka_unit_test(the_search_goes_on_after_notdir_and_eacces),
        cmocka_unit_test(eacces_is_remembered),
        cmocka_unit_test(notdir_is_just_absence),
        cmocka_unit_test(an_empty_element_is_the_directory),
        cmocka_unit_test(an_empty_path_is_the_directory),
        cmocka_unit_test(relative_names_start_in_the_new_directory),
        cmocka_unit_test(a_name_with_a_slash_is_not_searched_for),
        cmocka_unit_test(the_path_is_the_childs_or_the_parents),
        cmocka_unit_test(no_search_means_a_path),
        cmocka_unit_test(without_a_path_the_default_is_searched),
        cmocka_unit_test(candidates_replace_the_search),
        cmocka_unit_test(no_executable_ends_the_search),
        cmocka_unit_test(a_long_path_is_searched_to_its_end),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
