/* SPDX-License-Identifier: MIT
 *
 * Another root directory, the directory within, and what is said when something is missing there.
 * As root it is entered; as anybody else the kernel refuses, and the refusal is reported.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"

enum { NOBODY = 65534 };

static bool is_root(void) { return geteuid() == 0; }

/* Whether this build can look up a path below another root; else nothing is claimed to be missing.
 */
static bool looks_below(void) {
    fx_facility facility = {.size = sizeof facility};
    for (size_t n = 0; fx_look_up_facility(n, &facility) == 0; n++)
        if (strcmp(facility.name, "bounding_capabilities") == 0)
            return facility.usable;
    return false;
}

/* A folder with programs in it, which need nothing else. */
static const char *new_jail(void) {
    const char *jail = scratch_folder("jail");
    (void)scratch_folder("jail/inner");
    (void)scratch_program("jail/report", "report");
    (void)scratch_program("jail/inner/act", "act");
    (void)scratch_file("jail/inside", 0644, "");
    return jail;
}

static int open_jail(void) {
    int fd = open(new_jail(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

static char *const report_argv[] = {(char *)(uintptr_t) "report", NULL};
static char *const act_argv[] = {(char *)(uintptr_t) "act", (char *)(uintptr_t) "exit",
                                 (char *)(uintptr_t) "7", NULL};

static fx_command of(const char *program, char *const argv[]) {
    fx_command command = command_of(argv);
    command.program = program;
    return command;
}

/* What the report says to a pipe, as there is no other way out; to be freed. */
static char *hear(const fx_command *asked) {
    fx_command command = *asked;
    command.stdio[1].kind = FX_STDIO_PIPE;
    fx_child child = start(&command);
    char *report = read_all(child.stdio[1]);
    child.stdio[1] = -1;
    assert_int_equal(finish(&child).code, 0);
    assert_saw(report, "end");
    return report;
}

static void assert_refused(const fx_command *command, const char *subject) {
    (void)assert_fails(command, EPERM, FX_STEP_CHROOT, subject);
}

/* ---- the root ---- */

static void a_path_becomes_the_root(void **state) {
    (void)state;
    char subject[4096];
    fx_command command = of("/report", report_argv);
    command.chroot = new_jail();
    if (!is_root()) {
        (void)snprintf(subject, sizeof subject, "\"%s\"", command.chroot);
        assert_refused(&command, subject);
        return;
    }
    for (int order = FX_ORDER_STANDARD; order <= FX_ORDER_CPYTHON; order++) {
        command.order = (fx_order)order;
        char *report = hear(&command);
        /* gotcha 39: a directory that stays outside is a way out */
        assert_saw(report, "directory /");
        free(report);
    }
}

static void a_descriptor_becomes_the_root(void **state) {
    (void)state;
    char subject[16];
    int jail = open_jail();
    fx_command command = of("/report", report_argv);
    command.chroot_fd = (fx_number)FX_NUMBER(jail);
    (void)snprintf(subject, sizeof subject, "%d", jail);
    if (is_root()) {
        char *report = hear(&command);
        assert_saw(report, "directory /");
        /* gotcha 32: it is a way out (CVE-2024-21626) */
        assert_saw(report, "descriptors 0 1 2");
        free(report);
    } else {
        fx_error error = assert_fails(&command, EPERM, FX_STEP_CHROOT, subject);
        assert_int_equal(error.index, -1);
    }
    (void)close(jail);
}

/* Its number may be the child's for something else. */
static void the_map_may_take_its_number(void **state) {
    (void)state;
    int jail = open_jail(), file = new_file();
    fx_command command = of("/report", report_argv);
    command.chroot_fd = (fx_number)FX_NUMBER(jail);
    command.map = &(fx_map){.child = jail, .parent = file};
    command.map_count = 1;
    if (is_root()) {
        char *report = hear(&command);
        assert_saw(report, "directory /");
        assert_saw_file(report, jail, file);
        free(report);
    }
    (void)close(jail);
    (void)close(file);
}

static void no_path_leads_out(void **state) {
    (void)state;
    fx_command command = of("/../../../../../bin/sh", act_argv);
    command.chroot = new_jail();
    if (is_root())
        (void)assert_fails(&command, ENOENT, FX_STEP_EXEC, NULL);
    command.program = "../../../../../../report";
    command.argv = report_argv;
    if (is_root()) {
        char *report = hear(&command);
        assert_saw(report, "directory /");
        free(report);
    }
}

/* ---- the directory ---- */

static void the_directory_is_one_below_the_root(void **state) {
    (void)state;
    fx_command command = of("./act", act_argv);
    command.chroot = new_jail();
    command.directory = "/inner";
    if (!is_root())
        return;
    /* A relative program is relative to that. */
    assert_exits(&command, 7);
    command.directory_when = FX_DIRECTORY_BEFORE_IDENTITY;
    assert_exits(&command, 7);
    command.directory = "inner";
    assert_exits(&command, 7);
    command.program = "../report";
    command.argv = report_argv;
    char *report = hear(&command);
    assert_saw(report, "directory /inner");
    free(report);
}

static void a_relative_root_is_in_the_first_directory(void **state) {
    (void)state;
    fx_command command = of("/report", report_argv);
    (void)new_jail();
    command.directory = scratch(".");
    command.directory_when = FX_DIRECTORY_FIRST;
    command.chroot = "jail";
    if (!is_root()) {
        assert_refused(&command, "\"jail\"");
        return;
    }
    char *report = hear(&command);
    assert_saw(report, "directory /");
    free(report);
    /* By descriptor, too. */
    int folder = open(scratch("."), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    command.directory = NULL;
    command.directory_fd = (fx_number)FX_NUMBER(folder);
    report = hear(&command);
    assert_saw(report, "directory /");
    free(report);
    (void)close(folder);
}

/* Entered by the old user or the new one, by path or descriptor. */
static void who_enters_it_is_asked_for(void **state) {
    (void)state;
    if (!is_root())
        return;
    const char *folder = scratch_folder("roots");
    assert_int_equal(chmod(folder, 0700), 0);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    fx_command command = of(program_path("act"), act_argv);
    command.mechanism = forking_mechanism();
    command.user = (fx_id)FX_ID(NOBODY);
    command.groups.set = true;
    for (int by_path = 0; by_path < 2; by_path++) {
        command.directory = by_path ? folder : NULL;
        command.directory_fd = (fx_number){.set = !by_path, .value = fd};
        command.directory_when = FX_DIRECTORY_LAST;
        (void)assert_fails(&command, EACCES, by_path ? FX_STEP_CHDIR : FX_STEP_FCHDIR, NULL);
        command.directory_when = FX_DIRECTORY_BEFORE_IDENTITY;
        assert_exits(&command, 7);
        command.directory_when = FX_DIRECTORY_FIRST;
        assert_exits(&command, 7);
    }
    (void)close(fd);
}

static void a_descriptor_entered_later_is_refused(void **state) {
    (void)state;
    int jail = open_jail();
    fx_command command = of("/report", report_argv);
    command.chroot = "/";
    command.directory_fd = (fx_number)FX_NUMBER(jail);
    for (int when = FX_DIRECTORY_LAST; when < FX_DIRECTORY_FIRST; when++) {
        command.directory_when = (fx_directory_when)when;
        fx_error error = assert_fails(&command, EINVAL, FX_STEP_COMMAND, "directory_fd");
        assert_message(&error, "directory_fd: entered after the change of root, it would be a way "
                               "out of there");
    }
    (void)close(jail);
}

/* ---- failures ---- */

static void a_missing_root_is_said(void **state) {
    (void)state;
    fx_command command = of("/report", report_argv);
    command.chroot = "/nonexistent/jail";
    fx_error error = assert_fails(&command, ENOENT, FX_STEP_CHROOT, "\"/nonexistent/jail\"");
    assert_int_equal(error.cause, FX_CAUSE_UNKNOWN);
    assert_message(&error, "chroot(\"/nonexistent/jail\"): No such file or directory");
    command.chroot = scratch_file("file", 0644, "");
    (void)assert_fails(&command, ENOTDIR, FX_STEP_CHROOT, NULL);
    command.chroot = NULL;
    int file = new_file();
    command.chroot_fd = (fx_number)FX_NUMBER(file);
    (void)assert_fails(&command, ENOTDIR, FX_STEP_CHROOT, NULL);
    (void)close(file);
}

static void assert_says(const fx_command *command, fx_step step, fx_cause cause,
                        const char *format) {
    char message[2 * FX_MESSAGE_MAX];
    fx_error error = assert_fails(command, ENOENT, step, NULL);
    (void)snprintf(message, sizeof message, "%s below the root \"%s\"", format, command->chroot);
    assert_message(&error, message);
    assert_int_equal(error.cause, cause);
}

/* What is there for the parent means nothing. */
static void what_is_missing_is_looked_up_below_the_root(void **state) {
    (void)state;
    static const char *const path[] = {"PATH=/bin", NULL};
    fx_command command = of("/bin/sh", act_argv);
    command.chroot = new_jail();
    if (!is_root())
        return;
    if (looks_below()) {
        assert_says(&command, FX_STEP_EXEC, FX_CAUSE_PROGRAM,
                    "exec(\"/bin/sh\"): program not found");
        command.program = "sh";
        command.environment_set = path;
        assert_says(&command, FX_STEP_EXEC, FX_CAUSE_PROGRAM,
                    "exec(\"sh\"): program not found in PATH \"/bin\"");
    } else {
        fx_error error = assert_fails(&command, ENOENT, FX_STEP_EXEC, "\"/bin/sh\"");
        assert_int_equal(error.cause, FX_CAUSE_UNKNOWN);
    }
    command.program = "/report";
    command.directory = "/tmp";
    assert_says(&command, FX_STEP_CHDIR, FX_CAUSE_DIRECTORY, "chdir(\"/tmp\"): no such directory");
    /* Before, it is the parent's. */
    command.directory = "/nonexistent";
    command.directory_when = FX_DIRECTORY_FIRST;
    fx_error error = assert_fails(&command, ENOENT, FX_STEP_CHDIR, "\"/nonexistent\"");
    assert_message(&error, "chdir(\"/nonexistent\"): No such file or directory");
}

static void what_runs_it_is_looked_up_below_the_root(void **state) {
    (void)state;
    fx_command command = of("/script", act_argv);
    command.chroot = new_jail();
    (void)scratch_file("jail/script", 0755, "#!/bin/sh\n");
    if (!is_root() || !looks_below())
        return;
    fx_error error = assert_fails(&command, ENOENT, FX_STEP_EXEC, "\"/script\"");
    assert_int_equal(error.cause, FX_CAUSE_INTERPRETER);
    assert_message(&error, "exec(\"/script\"): interpreter \"/bin/sh\" not found");
    /* Of the child's directory, and through links that mean the new root. */
    (void)unlink(scratch("jail/inner/link"));
    assert_int_equal(symlink("/script", scratch("jail/inner/link")), 0);
    command.directory = "inner";
    command.program = "./link";
    error = assert_fails(&command, ENOENT, FX_STEP_EXEC, "\"./link\"");
    assert_int_equal(error.cause, FX_CAUSE_INTERPRETER);
    /* By descriptor. */
    int jail = open_jail();
    command.chroot = NULL;
    command.chroot_fd = (fx_number)FX_NUMBER(jail);
    error = assert_fails(&command, ENOENT, FX_STEP_EXEC, "\"./link\"");
    assert_int_equal(error.cause, FX_CAUSE_INTERPRETER);
    /* Where an interpreter is, it is found. */
    (void)scratch_file("jail/script", 0755, "#!/inner/act exit\n");
    command.argv = report_argv;
    assert_exits(&command, 0);
    (void)close(jail);
}

static void contradictions_are_refused(void **state) {
    (void)state;
    fx_command command = of("/report", report_argv);
    command.chroot = "/";
    command.chroot_fd = (fx_number)FX_NUMBER(0);
    fx_error error = assert_fails(&command, EINVAL, FX_STEP_COMMAND, "chroot_fd");
    assert_message(&error, "chroot_fd: excludes chroot");
    command.chroot = NULL;
    command.chroot_fd = (fx_number)FX_NUMBER(999);
    error = assert_fails(&command, EBADF, FX_STEP_COMMAND, "chroot_fd");
    assert_message(&error, "chroot_fd: descriptor 999 is not open");
}

/* A child that goes on without it is where it was. */
static void a_root_that_is_skipped_changes_nothing(void **state) {
    (void)state;
    static const fx_step steps[] = {FX_STEP_CHROOT};
    if (is_root())
        return;
    int jail = open_jail();
    char here[4096];
    assert_non_null(getcwd(here, sizeof here));
    fx_command command = of(program_path("report"), report_argv);
    command.best_effort = steps;
    command.best_effort_count = 1;
    for (int by_path = 0; by_path < 2; by_path++) {
        command.chroot = by_path ? scratch("jail") : NULL;
        command.chroot_fd = (fx_number){.set = !by_path, .value = jail};
        char *report = hear(&command);
        assert_saw(report, "directory %s", here);
        assert_saw(report, "descriptors 0 1 2");
        free(report);
    }
    (void)close(jail);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_path_becomes_the_root),
        cmocka_unit_test(a_descriptor_becomes_the_root),
        cmocka_unit_test(the_map_may_take_its_number),
        cmocka_unit_test(no_path_leads_out),
        cmocka_unit_test(the_directory_is_one_below_the_root),
        cmocka_unit_test(a_relative_root_is_in_the_first_directory),
        cmocka_unit_test(who_enters_it_is_asked_for),
        cmocka_unit_test(a_descriptor_entered_later_is_refused),
        cmocka_unit_test(a_missing_root_is_said),
        cmocka_unit_test(what_is_missing_is_looked_up_below_the_root),
        cmocka_unit_test(what_runs_it_is_looked_up_below_the_root),
        cmocka_unit_test(contradictions_are_refused),
        cmocka_unit_test(a_root_that_is_skipped_changes_nothing),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
