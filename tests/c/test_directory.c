/* SPDX-License-Identifier: MIT
 *
 * The working directory, by path and by descriptor.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"

static fx_command bare(void) { return command_of(NULL); }

static void it_is_inherited(void **state) {
    (void)state;
    char here[PATH_MAX];
    assert_non_null(getcwd(here, sizeof here));
    fx_command command = bare();
    char *report = see(&command);
    assert_saw(report, "directory %s", here);
    free(report);
}

static void a_path_is_entered(void **state) {
    (void)state;
    fx_command command = bare();
    command.directory = scratch_folder("folder");
    char *report = see(&command);
    assert_saw(report, "directory %s", scratch("folder"));
    free(report);
}

static void a_relative_path_starts_here(void **state) {
    (void)state;
    fx_command command = bare();
    command.directory = "/./tmp/..";
    char *report = see(&command);
    assert_saw(report, "directory /");
    free(report);
}

static void a_descriptor_is_entered(void **state) {
    (void)state;
    int folder = open(scratch_folder("folder"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(folder >= 0);
    fx_command command = bare();
    command.directory_fd = (fx_number)FX_NUMBER(folder);
    char *report = see(&command);
    assert_saw(report, "directory %s", scratch("folder"));
    /* gotcha 32: it is a way out of wherever the child is put (CVE-2024-21626) */
    assert_saw(report, "descriptors 0 1 2");
    free(report);
    (void)close(folder);
}

static void a_missing_one_is_told_apart_from_a_missing_program(void **state) {
    (void)state;
    fx_command command = command_of(ARGV("act", "exit", "0"));
    command.directory = "/nonexistent/folder";
    fx_error error = assert_fails(&command, ENOENT, FX_STEP_CHDIR, "\"/nonexistent/folder\"");
    assert_int_equal(error.cause, FX_CAUSE_DIRECTORY);
    assert_message(&error, "chdir(\"/nonexistent/folder\"): No such file or directory");
}

static void a_file_is_no_directory(void **state) {
    (void)state;
    const char *file = scratch_file("file", 0644, "");
    fx_command command = command_of(ARGV("act", "exit", "0"));
    command.directory = file;
    (void)assert_fails(&command, ENOTDIR, FX_STEP_CHDIR, NULL);
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    command.directory = NULL;
    command.directory_fd = (fx_number)FX_NUMBER(fd);
    (void)assert_fails(&command, ENOTDIR, FX_STEP_FCHDIR, NULL);
    (void)close(fd);
}

/* A descriptor that is both the directory and a source, on a number the map overwrites. */
static void the_map_may_take_the_directorys_number(void **state) {
    (void)state;
    int folder = open(scratch_folder("folder"), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int file = new_file();
    fx_command command = bare();
    command.directory_fd = (fx_number)FX_NUMBER(folder);
    command.map = &(fx_map){.child = folder, .parent = file};
    command.map_count = 1;
    char *report = see(&command);
    assert_saw(report, "directory %s", scratch("folder"));
    assert_saw_file(report, folder, file);
    free(report);
    (void)close(folder);
    (void)close(file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_inherited),
        cmocka_unit_test(a_path_is_entered),
        cmocka_unit_test(a_relative_path_starts_here),
        cmocka_unit_test(a_descriptor_is_entered),
        cmocka_unit_test(a_missing_one_is_told_apart_from_a_missing_program),
        cmocka_unit_test(a_file_is_no_directory),
        cmocka_unit_test(the_map_may_take_the_directorys_number),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
