/* SPDX-License-Identifier: MIT
 *
 * Landlock: of the file system only what is listed. Every test lists the program too, which
 * is one of the files that a rule can be about.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "looking.h"

#ifndef SYS_landlock_create_ruleset
#define SYS_landlock_create_ruleset 444
#endif

enum { MAKE_REGULAR = 1 << 8 }; /* LANDLOCK_ACCESS_FS_MAKE_REG */

/* Where this program is. */
static const char *own_path;

struct paths {
    char readable[PATH_MAX], writable[PATH_MAX], other[PATH_MAX];
    fx_landlock_path rules[4];
};

/* Three folders with a file in each, and rules for two of them. */
static void prepare(struct paths *paths) {
    (void)scratch_folder("readable");
    (void)scratch_folder("writable");
    (void)snprintf(paths->readable, PATH_MAX, "%s", scratch_file("readable/file", 0644, "text"));
    (void)snprintf(paths->writable, PATH_MAX, "%s", scratch_file("writable/file", 0644, "text"));
    (void)snprintf(paths->other, PATH_MAX, "%s", scratch_file("other", 0644, "text"));
    paths->rules[0] = (fx_landlock_path){program_path("look"), FX_LANDLOCK_READ_ONLY};
    paths->rules[1] = (fx_landlock_path){scratch("readable"), FX_LANDLOCK_READ_ONLY};
    paths->rules[2] = (fx_landlock_path){scratch("writable"), FX_LANDLOCK_READ_WRITE};
}

static fx_command confined(const struct paths *paths, size_t count) {
    fx_command command = idle_command();
    command.no_new_privs = true;
    command.landlock = paths->rules;
    command.landlock_count = count;
    return command;
}

static const char *with(const char *verb, const char *path) {
    enum { COUNT = 16 };
    static char arguments[COUNT][2 * PATH_MAX + 32];
    static int next;
    char *argument = arguments[next++ % COUNT];
    (void)snprintf(argument, sizeof arguments[0], "%s=%s", verb, path);
    return argument;
}

static void only_what_is_listed_can_be_done(void **state) {
    (void)state;
    struct paths paths;
    char folder[PATH_MAX], made[PATH_MAX];
    prepare(&paths);
    (void)snprintf(folder, sizeof folder, "%s", paths.rules[1].path);
    (void)snprintf(made, sizeof made, "%s", scratch("readable/made"));
    fx_command command = confined(&paths, 3);
    if (is_lacking(&command, "no_new_privs"))
        return;
    char *said =
        LOOK(&command, with("read", paths.readable), with("write", paths.readable),
             with("list", folder), with("make", made), with("remove", paths.readable),
             with("truncate", paths.readable), with("read", paths.other), with("list", "/"));
    assert_saw(said, "read %s 0", paths.readable);
    assert_saw(said, "write %s %d", paths.readable, EACCES);
    assert_saw(said, "list %s 0", folder);
    assert_saw(said, "make %s %d", made, EACCES);
    assert_saw(said, "remove %s %d", paths.readable, EACCES);
    assert_saw(said, "truncate %s %d", paths.readable, EACCES);
    assert_saw(said, "read %s %d", paths.other, EACCES);
    assert_saw(said, "list / %d", EACCES);
    free(said);
}

static void what_may_be_written_may_be_changed(void **state) {
    (void)state;
    struct paths paths;
    char made[PATH_MAX], names[2 * PATH_MAX + 2];
    prepare(&paths);
    (void)scratch_folder("writable/deeper");
    (void)snprintf(made, sizeof made, "%s", scratch("writable/deeper/made"));
    /* To another directory: a right of its own, of the second version. */
    (void)snprintf(names, sizeof names, "%s:%s", made, scratch("writable/moved"));
    fx_command command = confined(&paths, 3);
    if (is_lacking(&command, "no_new_privs"))
        return;
    char *said = LOOK(&command, with("truncate", paths.writable), with("write", paths.writable),
                      with("make", made), with("rename", names), with("remove", paths.writable));
    assert_saw(said, "truncate %s 0", paths.writable);
    assert_saw(said, "write %s 0", paths.writable);
    assert_saw(said, "make %s 0", made);
    assert_saw(said, "rename %s 0", names);
    assert_saw(said, "remove %s 0", paths.writable);
    free(said);
    assert_int_equal(unlink(scratch("writable/moved")), 0);
}

/* A rule may be about a file, and a path is relative to the child's directory. */
static void a_rule_is_the_childs(void **state) {
    (void)state;
    struct paths paths;
    prepare(&paths);
    paths.rules[1] = (fx_landlock_path){"file", FX_LANDLOCK_READ_WRITE};
    fx_command command = confined(&paths, 2);
    command.directory = scratch("readable");
    if (is_lacking(&command, "no_new_privs"))
        return;
    char *said = LOOK(&command, "write=file", "list=.", with("read", paths.writable));
    assert_saw(said, "write file 0");
    assert_saw(said, "list . %d", EACCES);
    assert_saw(said, "read %s %d", paths.writable, EACCES);
    free(said);
}

static void a_path_that_is_not_there_is_named(void **state) {
    (void)state;
    struct paths paths;
    prepare(&paths);
    paths.rules[1].path = "/nonexistent/folder";
    fx_command command = confined(&paths, 3);
    if (is_lacking(&command, "no_new_privs"))
        return;
    fx_error error = assert_fails(&command, ENOENT, FX_STEP_LANDLOCK, "\"/nonexistent/folder\"");
    assert_int_equal(error.index, 1);
    assert_message(&error, "landlock(\"/nonexistent/folder\"): No such file or directory");
}

static void the_program_has_to_be_allowed(void **state) {
    (void)state;
    struct paths paths;
    prepare(&paths);
    fx_command command = confined(&paths, 3);
    if (is_lacking(&command, "no_new_privs"))
        return;
    (void)assert_fails(&command, EACCES, FX_STEP_EXEC, NULL);
}

static void it_needs_a_privilege(void **state) {
    (void)state;
    struct paths paths;
    prepare(&paths);
    fx_command command = confined(&paths, 3);
    command.no_new_privs = false;
    if (is_lacking(&command, "landlock"))
        return;
    if (!is_superuser()) {
        (void)assert_fails(&command, EPERM, FX_STEP_COMMAND, "landlock");
        return;
    }
    char *said = LOOK(&command, with("read", paths.other), "confinement");
    assert_saw(said, "read %s %d", paths.other, EACCES);
    assert_saw(said, "no_new_privs 0");
    free(said);
    /* That of the user who the child is by then. */
    command.mechanism = forking_mechanism();
    command.user = (fx_id)FX_ID(65534);
    command.groups.set = true;
    (void)assert_fails(&command, EPERM, FX_STEP_COMMAND, "landlock");
}

static void a_ruleset_may_be_given(void **state) {
    (void)state;
    static const unsigned long long handled = MAKE_REGULAR;
    struct paths paths;
    prepare(&paths);
    fx_command command = idle_command();
    command.no_new_privs = true;
    command.landlock_fd = (fx_number)FX_NUMBER(new_file());
    if (!is_lacking(&command, "no_new_privs")) {
        fx_error error = assert_fails(&command, EBADFD, FX_STEP_LANDLOCK, NULL);
        char message[128];
        (void)snprintf(message, sizeof message, "landlock(%d): %s", command.landlock_fd.value,
                       strerror(EBADFD));
        assert_message(&error, message);
    }
    (void)close(command.landlock_fd.value);
    if (!is_offered("landlock"))
        return;
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &handled, sizeof handled, 0L);
    assert_true(ruleset >= 0);
    command.landlock_fd.value = ruleset;
    const char *made = scratch("made");
    char *said = LOOK(&command, with("make", made), with("write", paths.other));
    assert_saw(said, "make %s %d", made, EACCES);
    assert_saw(said, "write %s 0", paths.other);
    free(said);
    (void)close(ruleset);
}

static void it_may_be_skipped(void **state) {
    (void)state;
    static const fx_step may[] = {FX_STEP_LANDLOCK, FX_STEP_NO_NEW_PRIVS};
    struct paths paths;
    prepare(&paths);
    paths.rules[0].path = "/nonexistent/folder";
    fx_command command = confined(&paths, 3);
    command.best_effort = may;
    command.best_effort_count = 2;
    fx_child child = start(&command);
    if (is_offered("landlock")) {
        assert_int_equal(child.skipped_count, 1);
        assert_int_equal(child.skipped[0].step, FX_STEP_LANDLOCK);
        assert_int_equal(child.skipped[0].index, 0);
        assert_int_equal(child.skipped[0].code, -ENOENT);
    } else {
        assert_int_equal(child.skipped_count, 2);
        assert_int_equal(child.skipped[0].step, FX_STEP_NO_NEW_PRIVS);
        assert_int_equal(child.skipped[1].step, FX_STEP_LANDLOCK);
        assert_int_equal(child.skipped[1].code, -ENOTSUP);
    }
    assert_int_equal(finish(&child).code, 0);
}

static void what_means_nothing_is_not_compiled(void **state) {
    (void)state;
    fx_landlock_path rule = {.path = ""};
    fx_command command = idle_command();
    command.no_new_privs = true;
    command.landlock = &rule;
    command.landlock_count = 1;
    fx_error error = assert_fails(&command, EINVAL, FX_STEP_COMMAND, "landlock");
    assert_message(&error, "landlock: entry 0: the path is empty");
    rule = (fx_landlock_path){"/", (fx_landlock_access)2};
    (void)assert_fails(&command, EINVAL, FX_STEP_COMMAND, "landlock");
    rule.access = FX_LANDLOCK_READ_ONLY;
    command.landlock_fd = (fx_number)FX_NUMBER(0);
    error = assert_fails(&command, EINVAL, FX_STEP_COMMAND, "landlock_fd");
    assert_message(&error, "landlock_fd: excludes landlock");
    command.landlock = NULL;
    (void)assert_fails(&command, EINVAL, FX_STEP_COMMAND, "landlock");
    command.landlock_count = 0;
    command.landlock_fd = (fx_number)FX_NUMBER(999);
    error = assert_fails(&command, EBADF, FX_STEP_COMMAND, "landlock_fd");
    assert_message(&error, "landlock_fd: descriptor 999 is not open");
}

static void unprivileged_as_well(void **state) {
    (void)state;
    if (is_superuser() && is_offered("landlock"))
        run_again_unprivileged(own_path);
}

int main(int argc, char **argv) {
    own_path = argc > 0 ? argv[0] : "";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_is_listed_can_be_done),
        cmocka_unit_test(what_may_be_written_may_be_changed),
        cmocka_unit_test(a_rule_is_the_childs),
        cmocka_unit_test(a_path_that_is_not_there_is_named),
        cmocka_unit_test(the_program_has_to_be_allowed),
        cmocka_unit_test(it_needs_a_privilege),
        cmocka_unit_test(a_ruleset_may_be_given),
        cmocka_unit_test(it_may_be_skipped),
        cmocka_unit_test(what_means_nothing_is_not_compiled),
        cmocka_unit_test(unprivileged_as_well),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
