/* SPDX-License-Identifier: MIT
 *
 * Born in a cgroup of version 2, or its first act is to enter it: the same to see.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroups.h"
#include "looking.h"

/* Where this program is. */
static const char *own_path;

static void assert_is_in(const fx_command *command, const char *name) {
    char *said = LOOK(command, "file=/proc/self/cgroup");
    assert_saw(said, "/proc/self/cgroup: 0::/%s", name);
    free(said);
}

static void it_is_entered(void **state) {
    (void)state;
    needs_version_2();
    fx_command command = idle_command();
    if (!is_superuser()) {
        command.cgroup = cgroup_mount;
        char subject[PATH_MAX + 8];
        (void)snprintf(subject, sizeof subject, "\"%s\"", cgroup_mount);
        (void)assert_fails(&command, EACCES, FX_STEP_CGROUP, subject);
        return;
    }
    command.cgroup = cgroup_path(own_cgroup());
    if (is_lacking(&command, "cgroup"))
        return;
    assert_is_in(&command, own_cgroup());
    command.order = FX_ORDER_CPYTHON;
    assert_is_in(&command, own_cgroup());
    command.mechanism = forking_mechanism();
    command.group = (fx_id)FX_ID(65534);
    assert_is_in(&command, own_cgroup());
}

static void by_descriptor_as_well(void **state) {
    (void)state;
    needs_version_2();
    if (!is_superuser())
        return;
    fx_command command = idle_command();
    int fd = open(cgroup_path(own_cgroup()), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(fd >= 0);
    command.cgroup_fd = (fx_number)FX_NUMBER(fd);
    /* Its number is one that the map writes. */
    const fx_map map[] = {{fd, 0}};
    command.map = map;
    command.map_count = 1;
    if (!is_lacking(&command, "cgroup"))
        assert_is_in(&command, own_cgroup());
    (void)close(fd);
}

static void one_that_is_not_there_is_named(void **state) {
    (void)state;
    needs_version_2();
    char subject[PATH_MAX + 8], message[2 * PATH_MAX];
    fx_command command = idle_command();
    command.cgroup = cgroup_path("nonexistent");
    (void)snprintf(subject, sizeof subject, "\"%s\"", command.cgroup);
    if (is_lacking(&command, "cgroup"))
        return;
    fx_error error = assert_fails(&command, ENOENT, FX_STEP_CGROUP, subject);
    (void)snprintf(message, sizeof message, "cgroup(%s): No such file or directory", subject);
    assert_message(&error, message);
}

static void write_type(const char *name, const char *type) {
    char path[128];
    (void)snprintf(path, sizeof path, "%s/cgroup.type", name);
    int fd = open(cgroup_path(path), O_WRONLY | O_CLOEXEC);
    assert_int_equal(write(fd, type, strlen(type)), strlen(type));
    (void)close(fd);
}

static void assert_takes_no_process(fx_command *command) {
    static const fx_step may[] = {FX_STEP_CGROUP};
    char subject[PATH_MAX + 256];
    (void)snprintf(subject, sizeof subject, "\"%s\"", command->cgroup);
    (void)assert_fails(command, EOPNOTSUPP, FX_STEP_CGROUP, subject);
    command->best_effort = may;
    command->best_effort_count = 1;
    fx_child child = start(command);
    assert_int_equal(child.skipped_count, 1);
    assert_int_equal(child.skipped[0].step, FX_STEP_CGROUP);
    assert_int_equal(child.skipped[0].code, -EOPNOTSUPP);
    assert_int_equal(finish(&child).code, 0);
}

/* gotcha 7: where the kernel may refuse at birth */
static void threaded_ones_are_entered(void **state) {
    (void)state;
    needs_version_2();
    if (!is_superuser())
        return;
    char threads[64], domain[64];
    (void)snprintf(threads, sizeof threads, "%.40s/threads", own_cgroup());
    (void)snprintf(domain, sizeof domain, "%.40s/domain", own_cgroup());
    assert_int_equal(mkdir(cgroup_path(threads), 0755), 0);
    write_type(threads, "threaded");
    fx_command command = idle_command();
    command.cgroup = cgroup_path(threads);
    if (!is_lacking(&command, "cgroup"))
        assert_is_in(&command, threads);
    /* Beside a threaded one there can be nothing else with processes in it. */
    assert_int_equal(mkdir(cgroup_path(domain), 0755), 0);
    command.cgroup = cgroup_path(domain);
    if (!is_lacking(&command, "cgroup"))
        assert_takes_no_process(&command);
    assert_int_equal(rmdir(cgroup_path(domain)), 0);
    assert_int_equal(rmdir(cgroup_path(threads)), 0);
}

static void it_may_be_gone_since(void **state) {
    (void)state;
    needs_version_2();
    if (!is_superuser())
        return;
    char name[128];
    (void)snprintf(name, sizeof name, "%s/gone", own_cgroup());
    assert_int_equal(mkdir(cgroup_path(name), 0755), 0);
    int fd = open(cgroup_path(name), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(rmdir(cgroup_path(name)), 0);
    fx_command command = idle_command();
    command.cgroup_fd = (fx_number)FX_NUMBER(fd);
    if (!is_lacking(&command, "cgroup")) {
        char subject[16];
        (void)snprintf(subject, sizeof subject, "%d", fd);
        (void)assert_fails(&command, ENOENT, FX_STEP_CGROUP, subject);
    }
    (void)close(fd);
}

static void one_that_is_not_there_may_be_skipped(void **state) {
    (void)state;
    static const fx_step may[] = {FX_STEP_CGROUP};
    fx_command command = idle_command();
    command.cgroup = "/nonexistent/cgroup";
    command.best_effort = may;
    command.best_effort_count = 1;
    fx_child child = start(&command);
    assert_int_equal(child.skipped_count, 1);
    assert_int_equal(child.skipped[0].step, FX_STEP_CGROUP);
    assert_int_equal(child.skipped[0].code, is_offered("cgroup") ? -ENOENT : -ENOTSUP);
    assert_int_equal(finish(&child).code, 0);
}

static void what_is_none_is_not_compiled(void **state) {
    (void)state;
    fx_command command = idle_command();
    command.cgroup = "/tmp";
    if (!is_lacking(&command, "cgroup")) {
        fx_error error = assert_fails(&command, EINVAL, FX_STEP_COMMAND, "cgroup");
        assert_message(&error, "cgroup: is no cgroup of version 2");
    }
    command.cgroup_fd = (fx_number)FX_NUMBER(0);
    fx_error error = assert_fails(&command, EINVAL, FX_STEP_COMMAND, "cgroup_fd");
    assert_message(&error, "cgroup_fd: excludes cgroup");
    command.cgroup = NULL;
    if (is_offered("cgroup"))
        (void)assert_fails(&command, EINVAL, FX_STEP_COMMAND, "cgroup_fd");
    command.cgroup_fd = (fx_number)FX_NUMBER(999);
    (void)assert_fails(&command, EBADF, FX_STEP_COMMAND, "cgroup_fd");
    command.cgroup_fd.set = false;
    command.cgroup = "";
    (void)assert_fails(&command, EINVAL, FX_STEP_COMMAND, "cgroup");
}

static void unprivileged_as_well(void **state) {
    (void)state;
    if (is_superuser() && is_offered("cgroup"))
        run_again_unprivileged(own_path);
}

int main(int argc, char **argv) {
    own_path = argc > 0 ? argv[0] : "";
    find_cgroup_mount();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(it_is_entered, make_cgroup, remove_cgroup),
        cmocka_unit_test_setup_teardown(by_descriptor_as_well, make_cgroup, remove_cgroup),
        cmocka_unit_test(one_that_is_not_there_is_named),
        cmocka_unit_test_setup_teardown(threaded_ones_are_entered, make_cgroup, remove_cgroup),
        cmocka_unit_test_setup_teardown(it_may_be_gone_since, make_cgroup, remove_cgroup),
        cmocka_unit_test(one_that_is_not_there_may_be_skipped),
        cmocka_unit_test(what_is_none_is_not_compiled),
        cmocka_unit_test(unprivileged_as_well),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
