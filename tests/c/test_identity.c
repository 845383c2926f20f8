/* SPDX-License-Identifier: MIT
 *
 * User, group and supplementary groups. As root they change; as anybody else the kernel
 * refuses, and the refusal is reported. A process may always set what it already is.
 */
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"

enum { NOBODY = 65534, SOME_USER = 54321, SOME_GROUP = 12345 };

/* Where this program is, without the help of /proc. */
static const char *own_path;

static bool is_root(void) { return geteuid() == 0; }

/* Every identity change runs on memory of the child's own. */
static fx_command bare(void) {
    fx_command command = command_of(NULL);
    command.mechanism = forking_mechanism();
    return command;
}

/* Started, and seen by `line`; or refused, for who may not. */
static void sees(fx_command *command, const char *line, fx_step step) {
    if (!is_root()) {
        command->argv = ARGV("act", "exit", "0");
        command->program = program_path("act");
        (void)assert_fails(command, EPERM, step, NULL);
        return;
    }
    char *report = see(command);
    assert_saw(report, "%s", line);
    free(report);
}

static void a_user_is_all_three_ids(void **state) {
    (void)state;
    fx_command command = bare();
    command.user = (fx_id)FX_ID(SOME_USER);
    command.groups.set = is_root();
    command.order = is_root() ? FX_ORDER_STANDARD : FX_ORDER_CPYTHON;
    sees(&command, "user 54321 54321 54321", FX_STEP_SETUID);
}

static void a_group_is_all_three_ids(void **state) {
    (void)state;
    fx_command command = bare();
    command.group = (fx_id)FX_ID(SOME_GROUP);
    sees(&command, "group 12345 12345 12345", FX_STEP_SETGID);
}

static void groups_are_replaced(void **state) {
    (void)state;
    const gid_t list[] = {7, 70000, 12345};
    fx_command command = bare();
    command.groups = (fx_groups){.set = true, .count = 3, .list = list};
    sees(&command, "groups 7 12345 70000", FX_STEP_SETGROUPS);
}

/* gotcha 34: an empty list is a call too (CVE-2023-6507) */
static void an_empty_list_drops_all(void **state) {
    (void)state;
    const gid_t mine[] = {4, 5};
    static gid_t saved[NGROUPS_MAX];
    int count = getgroups(NGROUPS_MAX, saved);
    if (is_root())
        assert_int_equal(setgroups(2, mine), 0);
    fx_command command = bare();
    char *report = see(&command);
    if (is_root())
        assert_saw(report, "groups 4 5");
    free(report);
    command.groups.set = true;
    sees(&command, "groups", FX_STEP_SETGROUPS);
    if (is_root()) {
        /* The count is a size_t on Linux and an int elsewhere. */
        assert_int_equal(setgroups((unsigned short)count, saved), 0);
    }
}

/* gotcha 34: groups, then gid, then uid, each while it still may */
static void all_together(void **state) {
    (void)state;
    const gid_t list[] = {7};
    fx_command command = bare();
    command.user = (fx_id)FX_ID(SOME_USER);
    command.group = (fx_id)FX_ID(SOME_GROUP);
    command.groups = (fx_groups){.set = true, .count = 1, .list = list};
    for (int order = FX_ORDER_STANDARD; order <= FX_ORDER_CPYTHON; order++) {
        command.argv = NULL;
        command.program = NULL;
        command.order = (fx_order)order;
        sees(&command, "user 54321 54321 54321", FX_STEP_SETGROUPS);
        if (!is_root())
            continue;
        char *report = see(&command);
        assert_saw(report, "group 12345 12345 12345");
        assert_saw(report, "groups 7");
        free(report);
    }
}

static void the_own_identity_needs_no_privilege(void **state) {
    (void)state;
    fx_command command = bare();
    command.order = FX_ORDER_CPYTHON;
    command.user = (fx_id)FX_ID(getuid());
    command.group = (fx_id)FX_ID(getgid());
    char *report = see(&command);
    assert_saw(report, "user %d %d %d", (int)getuid(), (int)getuid(), (int)getuid());
    free(report);
}

/* gotcha 1: a child on shared memory that changes ids takes the parent's core dumps away */
static void it_never_shares_memory(void **state) {
    (void)state;
    fx_command command = command_of(ARGV("act", "exit", "0"));
    command.mechanism = FX_MECHANISM_AUTO;
    command.group = (fx_id)FX_ID(getgid());
    fx_child child = start(&command);
    /* A sanitizer makes this process large. */
    assert_true(child.mechanism == FX_MECHANISM_FORK || child.mechanism == FX_MECHANISM_HELPER);
    assert_int_equal(child.reason, FX_REASON_IDENTITY);
    (void)finish(&child);
    for (int forced = FX_MECHANISM_CLONE3; forced < FX_MECHANISM_FORK; forced++) {
        command.mechanism = (fx_mechanism)forced;
        (void)assert_fails(&command, ENOTSUP, FX_STEP_COMMAND, "mechanism");
    }
}

/* The directory is entered as the new user, who may not everywhere. */
static void the_directory_is_entered_as_the_new_user(void **state) {
    (void)state;
    if (!is_root())
        return;
    const char *folder = scratch_folder("private");
    assert_int_equal(chown(folder, NOBODY, SOME_GROUP), 0);
    assert_int_equal(chmod(folder, 0700), 0);
    fx_command command = bare();
    command.user = (fx_id)FX_ID(NOBODY);
    command.groups.set = true;
    command.directory = folder;
    char *report = see(&command);
    assert_saw(report, "directory %s", scratch("private"));
    free(report);
    assert_int_equal(chown(folder, 0, 0), 0);
    command.argv = ARGV("act", "exit", "0");
    command.program = program_path("act");
    (void)assert_fails(&command, EACCES, FX_STEP_CHDIR, NULL);
}

/* Root runs all of it once more as nobody. */
static void unprivileged_as_well(void **state) {
    (void)state;
    if (!is_root())
        return;
    /* Copied to where nobody may read it, with the programs it starts. */
    char *self = realpath(own_path, NULL);
    assert_non_null(self);
    char folder[PATH_MAX], programs[PATH_MAX + 32];
    (void)snprintf(folder, sizeof folder, "%s", scratch_folder("unprivileged"));
    (void)snprintf(programs, sizeof programs, "FORKEXEC_TEST_PROGRAMS=%s", folder);
    (void)scratch_program("unprivileged/act", "act");
    (void)scratch_program("unprivileged/report", "report");
    scratch_helper("unprivileged");
    fx_command copy = command_of(ARGV("act"));
    copy.program = "/bin/cp";
    copy.argv = ARGV("cp", self, folder);
    assert_exits(&copy, 0);
    char path[2 * PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/%s", folder, strrchr(self, '/') + 1);
    fx_command command = bare();
    command.program = path;
    command.argv = ARGV(path);
    command.user = (fx_id)FX_ID(NOBODY);
    command.group = (fx_id)FX_ID(NOBODY);
    command.groups.set = true;
    command.environment_set = (const char *[]){programs, NULL};
    assert_exits(&command, 0);
    free(self);
}

int main(int argc, char **argv) {
    own_path = argc > 0 ? argv[0] : "";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_user_is_all_three_ids),
        cmocka_unit_test(a_group_is_all_three_ids),
        cmocka_unit_test(groups_are_replaced),
        cmocka_unit_test(an_empty_list_drops_all),
        cmocka_unit_test(all_together),
        cmocka_unit_test(the_own_identity_needs_no_privilege),
        cmocka_unit_test(it_never_shares_memory),
        cmocka_unit_test(the_directory_is_entered_as_the_new_user),
        cmocka_unit_test(unprivileged_as_well),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
