/* SPDX-License-Identifier: MIT
 *
 * Users and groups by name. The databases are this program's own, in the place of the C library's:
 * what they answer, and how, is known.
 */
#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support.h"

enum { ALICE = 54321, ALICES = 12345, STAFF = 777, MANY = 60, FIRST_OF_MANY = 2000, LONG = 50000 };

/* ---- the databases ---- */

static int interruptions;

static int answer(const char *name, size_t size) {
    if (interruptions > 0) {
        interruptions--;
        return EINTR;
    }
    if (name && strcmp(name, "broken") == 0)
        return EIO;
    if (name && strcmp(name, "absent") == 0)
        return ENOENT;
    if (name && strcmp(name, "long") == 0 && size < LONG)
        return ERANGE;
    return 0;
}

static int find_user(const char *name, uid_t number, struct passwd *user, char *room, size_t size,
                     struct passwd **result) {
    int code = answer(name, size);
    bool known = name ? strcmp(name, "alice") == 0 || strcmp(name, "long") == 0 : number == ALICE;
    *result = NULL;
    if (code || !known)
        return code;
    memset(user, 0, sizeof *user);
    (void)snprintf(room, size, "%s", name ? name : "alice");
    user->pw_name = room;
    user->pw_uid = ALICE;
    user->pw_gid = ALICES;
    *result = user;
    return 0;
}

int getpwnam_r(const char *name, struct passwd *user, char *room, size_t size,
               struct passwd **result) {
    return find_user(name, 0, user, room, size, result);
}

int getpwuid_r(uid_t number, struct passwd *user, char *room, size_t size, struct passwd **result) {
    return find_user(NULL, number, user, room, size, result);
}

int getgrnam_r(const char *name, struct group *group, char *room, size_t size,
               struct group **result) {
    int code = answer(name, size);
    *result = NULL;
    if (code || (strcmp(name, "staff") != 0 && strcmp(name, "long") != 0))
        return code;
    memset(group, 0, sizeof *group);
    (void)snprintf(room, size, "%s", name);
    group->gr_name = room;
    group->gr_gid = STAFF;
    *result = group;
    return 0;
}

#ifdef __APPLE__
typedef int group_number;
#else
typedef gid_t group_number;
#endif

/* Says no more than that there is too little room. */
int getgrouplist(const char *name, group_number group, group_number *list, int *count) {
    (void)name;
    if (*count < 1 + MANY)
        return -1;
    list[0] = group;
    for (int i = 0; i < MANY; i++)
        list[1 + i] = (group_number)(FIRST_OF_MANY + i);
    *count = 1 + MANY;
    return *count;
}

/* ---- helpers ---- */

static bool is_root(void) { return geteuid() == 0; }

static char *const idle[] = {(char *)(uintptr_t) "act", (char *)(uintptr_t) "exit",
                             (char *)(uintptr_t) "0", NULL};

static fx_command bare(void) {
    fx_command command = command_of(idle);
    command.mechanism = forking_mechanism();
    return command;
}

/* What the plan says, which needs no privilege; to be freed. */
static char *explained(const fx_command *command) {
    enum { ROOM = 1 << 16 };
    fx_plan *plan;
    fx_error error = {.size = sizeof error};
    char *text = malloc(ROOM);
    assert_non_null(text);
    if (fx_compile(command, &plan, &error) < 0) {
        (void)fx_error_message(&error, text, ROOM);
        fail_msg("%s", text);
    }
    assert_in_range(fx_explain(plan, FX_FORMAT_TEXT, 0, text, ROOM), 1, ROOM - 1);
    fx_plan_free(plan);
    return text;
}

static void assert_does(const fx_command *command, const char *step) {
    char *text = explained(command);
    if (!strstr(text, step))
        fail_msg("no %s in:\n%s", step, text);
    free(text);
}

static void assert_does_not(const fx_command *command, const char *step) {
    char *text = explained(command);
    if (strstr(text, step))
        fail_msg("%s in:\n%s", step, text);
    free(text);
}

static void assert_refused(const fx_command *command, int code, const char *field,
                           const char *message) {
    fx_error error = assert_fails(command, code, FX_STEP_COMMAND, field);
    assert_message(&error, message);
}

/* ---- tests ---- */

static void a_user_by_name_brings_the_users_group(void **state) {
    (void)state;
    fx_command command = bare();
    command.user_name = "alice";
    command.groups.set = true;
    assert_does(&command, "setresuid(54321)");
    assert_does(&command, "setresgid(12345)");
    assert_does(&command, "setgroups(none)");
    if (!is_root()) {
        (void)assert_fails(&command, EPERM, FX_STEP_SETGROUPS, "none");
        return;
    }
    command.program = NULL;
    char *report = see(&command);
    assert_saw(report, "user 54321 54321 54321");
    assert_saw(report, "group 12345 12345 12345");
    assert_saw(report, "groups");
    free(report);
}

static void a_group_that_is_given_wins(void **state) {
    (void)state;
    fx_command command = bare();
    command.user_name = "alice";
    command.groups.set = true;
    command.group = (fx_id)FX_ID(99);
    assert_does(&command, "setresgid(99)");
    command.group.set = false;
    command.group_name = "staff";
    assert_does(&command, "setresgid(777)");
    if (!is_root())
        return;
    command.program = NULL;
    char *report = see(&command);
    assert_saw(report, "group 777 777 777");
    free(report);
}

static void a_group_by_name_needs_no_user(void **state) {
    (void)state;
    fx_command command = bare();
    command.group_name = "staff";
    assert_does(&command, "setresgid(777)");
    assert_does_not(&command, "setresuid");
    if (!is_root())
        (void)assert_fails(&command, EPERM, FX_STEP_SETGID, "777");
}

/* As initgroups(3): with the group that the user is in by then. */
static void the_groups_of_a_user_are_looked_up(void **state) {
    (void)state;
    fx_command command = bare();
    command.user_name = "alice";
    command.groups_of_user = true;
    assert_does(&command, "setgroups(12345, 2000, 2001, 2002,");
    command.group_name = "staff";
    assert_does(&command, "setgroups(777, 2000, 2001, 2002,");
    if (!is_root())
        return;
    command.program = NULL;
    char *report = see(&command);
    assert_int_equal(seen_number(report, "groups", 0), STAFF);
    for (int i = 0; i < MANY; i++)
        assert_int_equal(seen_number(report, "groups", 1 + i), FIRST_OF_MANY + i);
    free(report);
}

static void a_number_can_be_known_too(void **state) {
    (void)state;
    fx_command command = bare();
    command.user = (fx_id)FX_ID(ALICE);
    command.groups_of_user = true;
    assert_does(&command, "setgroups(12345, 2000,");
    assert_does(&command, "setresgid(12345)");
    command.user = (fx_id)FX_ID(4711);
    assert_refused(&command, ENOENT, "groups_of_user",
                   "groups_of_user: the user 4711 is not in the database");
    /* Nobody has to know it otherwise. */
    command.groups_of_user = false;
    command.keep_groups = true;
    assert_does(&command, "setresuid(4711)");
    assert_does_not(&command, "setresgid");
}

static void groups_can_be_kept(void **state) {
    (void)state;
    const gid_t mine[] = {4, 5};
    static gid_t saved[NGROUPS_MAX];
    int count = getgroups(NGROUPS_MAX, saved);
    fx_command command = bare();
    command.user_name = "alice";
    command.keep_groups = true;
    assert_does_not(&command, "setgroups");
    if (!is_root()) {
        (void)assert_fails(&command, EPERM, FX_STEP_SETGID, "12345");
        return;
    }
    assert_int_equal(setgroups(2, mine), 0);
    command.program = NULL;
    char *report = see(&command);
    assert_saw(report, "user 54321 54321 54321");
    assert_saw(report, "groups 4 5");
    free(report);
    assert_int_equal(setgroups((unsigned short)count, saved), 0);
}

static void what_is_not_there_is_said(void **state) {
    (void)state;
    fx_command command = bare();
    command.keep_groups = true;
    command.user_name = "mallory";
    assert_refused(&command, ENOENT, "user_name", "user_name: there is no user \"mallory\"");
    command.user_name = "absent";
    assert_refused(&command, ENOENT, "user_name", "user_name: there is no user \"absent\"");
    command.user_name = "";
    assert_refused(&command, ENOENT, "user_name", "user_name: there is no user \"\"");
    command.user_name = "alice";
    command.group_name = "wheel";
    assert_refused(&command, ENOENT, "group_name", "group_name: there is no group \"wheel\"");
}

static void a_broken_database_is_not_an_absent_user(void **state) {
    (void)state;
    char message[128];
    fx_command command = bare();
    command.keep_groups = true;
    command.user_name = "broken";
    (void)snprintf(message, sizeof message,
                   "user_name: the user \"broken\" could not be looked up: error %d of the "
                   "database",
                   EIO);
    assert_refused(&command, EIO, "user_name", message);
    command.user_name = NULL;
    command.group_name = "broken";
    (void)assert_fails(&command, EIO, FX_STEP_COMMAND, "group_name");
}

static void a_long_entry_gets_the_room_it_needs(void **state) {
    (void)state;
    fx_command command = bare();
    command.user_name = "long";
    command.group_name = "long";
    command.keep_groups = true;
    interruptions = 3;
    assert_does(&command, "setresuid(54321)");
    assert_int_equal(interruptions, 0);
    assert_does(&command, "setresgid(777)");
}

static void contradictions_are_refused(void **state) {
    (void)state;
    const gid_t list[] = {1};
    fx_command command = bare();
    command.user_name = "alice";
    assert_refused(&command, EINVAL, "groups",
                   "groups: must be decided on when user is set: the supplementary groups of the "
                   "parent would be kept");
    command.keep_groups = true;
    command.user = (fx_id)FX_ID(1);
    assert_refused(&command, EINVAL, "user_name", "user_name: excludes user");
    command.user.set = false;
    command.groups_of_user = true;
    assert_refused(&command, EINVAL, "groups_of_user", "groups_of_user: excludes keep_groups");
    command.groups = (fx_groups){.set = true, .count = 1, .list = list};
    assert_refused(&command, EINVAL, "groups_of_user", "groups_of_user: excludes groups");
    command.groups_of_user = false;
    assert_refused(&command, EINVAL, "keep_groups", "keep_groups: excludes groups");
    command = bare();
    command.group_name = "staff";
    command.group = (fx_id)FX_ID(1);
    assert_refused(&command, EINVAL, "group_name", "group_name: excludes group");
    command = bare();
    command.groups_of_user = true;
    assert_refused(&command, EINVAL, "groups_of_user", "groups_of_user: needs a user");
}

/* A plan keeps what it found. */
static void a_plan_is_looked_up_once(void **state) {
    (void)state;
    fx_plan *plan;
    fx_command command = bare();
    command.user_name = "alice";
    command.groups_of_user = true;
    assert_int_equal(fx_compile(&command, &plan, NULL), 0);
    interruptions = 1;
    fx_child child = {.size = sizeof child};
    int result = fx_launch(plan, &child, NULL);
    assert_int_equal(result, is_root() ? 0 : -EPERM);
    if (is_root())
        assert_int_equal(finish(&child).code, 0);
    assert_int_equal(interruptions, 1);
    interruptions = 0;
    fx_plan_free(plan);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_user_by_name_brings_the_users_group),
        cmocka_unit_test(a_group_that_is_given_wins),
        cmocka_unit_test(a_group_by_name_needs_no_user),
        cmocka_unit_test(the_groups_of_a_user_are_looked_up),
        cmocka_unit_test(a_number_can_be_known_too),
        cmocka_unit_test(groups_can_be_kept),
        cmocka_unit_test(what_is_not_there_is_said),
        cmocka_unit_test(a_broken_database_is_not_an_absent_user),
        cmocka_unit_test(a_long_entry_gets_the_room_it_needs),
        cmocka_unit_test(contradictions_are_refused),
        cmocka_unit_test(a_plan_is_looked_up_once),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
