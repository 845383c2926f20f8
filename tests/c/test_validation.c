/* SPDX-License-Identifier: MIT
 *
 * What is wrong with a command is said before anything is started, field by field.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support.h"

static fx_command valid(void) {
    static const char *const arguments[] = {"act", "exit", "0", NULL};
    return command_of((char *const *)arguments);
}

static void refuses(const fx_command *command, int code, const char *field) {
    (void)assert_fails(command, code, FX_STEP_COMMAND, field);
}

/* gotcha 43: a program without argv[0] is a hole in whatever it runs (CVE-2021-4034) */
static void argv_has_an_element(void **state) {
    (void)state;
    fx_command command = valid();
    command.argv = NULL;
    refuses(&command, EINVAL, "argv");
    char *nothing[] = {NULL};
    command.argv = nothing;
    refuses(&command, EINVAL, "argv");
    command.program = NULL;
    refuses(&command, EINVAL, "argv");
}

static void candidates_are_not_empty(void **state) {
    (void)state;
    const char *none[] = {NULL};
    fx_command command = valid();
    command.candidates = none;
    refuses(&command, EINVAL, "candidates");
}

static void sizes_are_given(void **state) {
    (void)state;
    fx_command command = valid();
    command.size = 0;
    refuses(&command, EINVAL, "size");
    command.size = sizeof command.size;
    refuses(&command, EINVAL, "size");
}

static void a_newer_field_is_refused_unless_zero(void **state) {
    (void)state;
    struct {
        fx_command command;
        long added;
    } newer = {.command = valid()};
    newer.command.size = sizeof newer;
    assert_exits(&newer.command, 0);
    newer.added = 1;
    refuses(&newer.command, E2BIG, "size");
}

static void an_older_command_is_accepted(void **state) {
    (void)state;
    fx_command command = valid();
    memset((char *)&command + offsetof(fx_command, umask), 0xff,
           sizeof command - offsetof(fx_command, umask));
    command.size = offsetof(fx_command, umask);
    fx_child child = {.size = sizeof child};
    assert_int_equal(fx_spawn(&command, &child, NULL), 0);
    assert_int_equal(finish(&child).code, 0);
}

static void a_child_handle_has_its_size(void **state) {
    (void)state;
    fx_command command = valid();
    fx_error error = {.size = sizeof error};
    fx_child child = {.size = 0};
    assert_int_equal(fx_spawn(&command, &child, &error), -EINVAL);
    assert_int_equal(error.step, FX_STEP_COMMAND);
    assert_string_equal(error.subject, "child");
    assert_int_equal(fx_spawn(&command, NULL, &error), -EINVAL);
    assert_int_equal(fx_spawn(NULL, &child, &error), -EINVAL);
    assert_string_equal(error.subject, "command");
}

static void an_older_error_gets_what_it_has_room_for(void **state) {
    (void)state;
    struct {
        size_t size;
        int code;
        unsigned char beyond[64];
    } older;
    memset(&older, 0x5a, sizeof older);
    older.size = offsetof(fx_error, step);
    fx_command command = valid();
    command.argv = NULL;
    fx_child child = {.size = sizeof child};
    assert_int_equal(fx_spawn(&command, &child, (fx_error *)(void *)&older), -EINVAL);
    assert_int_equal(older.code, -EINVAL);
    for (size_t i = offsetof(fx_error, step); i < sizeof older; i++)
        assert_int_equal(((unsigned char *)&older)[i], 0x5a);
}

static void environment_changes_have_names(void **state) {
    (void)state;
    fx_command command = valid();
    command.environment_set = (const char *[]){"GOOD=1", "BAD", NULL};
    refuses(&command, EINVAL, "environment_set");
    command.environment_set = (const char *[]){"=BAD", NULL};
    refuses(&command, EINVAL, "environment_set");
    command.environment_set = NULL;
    command.environment_unset = (const char *[]){"A=B", NULL};
    refuses(&command, EINVAL, "environment_unset");
    command.environment_unset = (const char *[]){"", NULL};
    refuses(&command, EINVAL, "environment_unset");
}

static void directory_is_one_and_open(void **state) {
    (void)state;
    fx_command command = valid();
    command.directory = "/";
    command.directory_fd = (fx_number)FX_NUMBER(0);
    refuses(&command, EINVAL, "directory_fd");
    command.directory = NULL;
    command.directory_fd = (fx_number)FX_NUMBER(-1);
    refuses(&command, EBADF, "directory_fd");
    command.directory_fd.value = 4000;
    refuses(&command, EBADF, "directory_fd");
}

static void streams_are_known_and_open(void **state) {
    (void)state;
    static const char *const names[] = {"stdio[0]", "stdio[1]", "stdio[2]"};
    for (int number = 0; number < 3; number++) {
        fx_command command = valid();
        command.stdio[number] = (fx_stdio){.kind = FX_STDIO_DESCRIPTOR, .descriptor = -1};
        refuses(&command, EBADF, names[number]);
        command.stdio[number].descriptor = 4000;
        refuses(&command, EBADF, names[number]);
        command.stdio[number].kind = (fx_stdio_kind)99;
        refuses(&command, EINVAL, names[number]);
        command.stdio[number].kind = (fx_stdio_kind)-1;
        refuses(&command, EINVAL, names[number]);
    }
}

static void streams_follow_each_other_one_way(void **state) {
    (void)state;
    fx_command command = valid();
    command.stdio[0].kind = FX_STDIO_STDOUT;
    refuses(&command, EINVAL, "stdio[0]");
    command.stdio[0].kind = FX_STDIO_STDERR;
    refuses(&command, EINVAL, "stdio[0]");
    command = valid();
    command.stdio[1].kind = FX_STDIO_STDOUT;
    refuses(&command, EINVAL, "stdio[1]");
    command = valid();
    command.stdio[2].kind = FX_STDIO_STDERR;
    refuses(&command, EINVAL, "stdio[2]");
    command.stdio[1].kind = FX_STDIO_STDERR;
    command.stdio[2].kind = FX_STDIO_STDOUT;
    refuses(&command, EINVAL, "stdio[2]");
}

static void map_entries_are_open_and_single(void **state) {
    (void)state;
    fx_command command = valid();
    command.map_count = 1;
    refuses(&command, EINVAL, "map");
    command.map = &(fx_map){.child = -1, .parent = 0};
    refuses(&command, EINVAL, "map");
    command.map = &(fx_map){.child = 5, .parent = -1};
    refuses(&command, EBADF, "map");
    command.map = &(fx_map){.child = 5, .parent = 4000};
    refuses(&command, EBADF, "map");
    command.map = (fx_map[]){{.child = 5, .parent = 0}, {.child = 5, .parent = 1}};
    command.map_count = 2;
    refuses(&command, EINVAL, "map");
    /* The very same thing twice is a mistake too. */
    command.map = (fx_map[]){{.child = 5, .parent = 0}, {.child = 5, .parent = 0}};
    refuses(&command, EINVAL, "map");
}

static void a_stream_and_the_map_exclude_each_other(void **state) {
    (void)state;
    fx_command command = valid();
    command.map = &(fx_map){.child = 1, .parent = 2};
    command.map_count = 1;
    assert_exits(&command, 0);
    command.stdio[1].kind = FX_STDIO_NULL;
    refuses(&command, EINVAL, "map");
}

static void kept_descriptors_are_open_and_no_targets(void **state) {
    (void)state;
    fx_command command = valid();
    command.keep_count = 1;
    refuses(&command, EINVAL, "keep");
    command.keep = &(int){-1};
    refuses(&command, EBADF, "keep");
    command.keep = &(int){4000};
    refuses(&command, EBADF, "keep");
    int file = new_file();
    command.keep = &file;
    command.map = &(fx_map){.child = file, .parent = 0};
    command.map_count = 1;
    refuses(&command, EINVAL, "keep");
    (void)close(file);
}

static void exempt_and_closed_numbers_make_sense(void **state) {
    (void)state;
    fx_command command = valid();
    command.exempt_count = 1;
    refuses(&command, EINVAL, "exempt");
    command.exempt = &(int){-1};
    refuses(&command, EINVAL, "exempt");
    command.map = &(fx_map){.child = 7, .parent = 0};
    command.map_count = 1;
    command.exempt = &(int){7};
    refuses(&command, EINVAL, "exempt");
    command = valid();
    command.close_count = 1;
    refuses(&command, EINVAL, "close");
    command.close = &(int){-1};
    refuses(&command, EINVAL, "close");
}

/* gotcha 35: setpgid of a session leader is always EPERM, so it is said at once */
static void session_excludes_process_group(void **state) {
    (void)state;
    fx_command command = valid();
    command.process_group = (fx_number)FX_NUMBER(-1);
    refuses(&command, EINVAL, "process_group");
    command.process_group = (fx_number)FX_NUMBER(0);
    command.new_session = true;
    refuses(&command, EINVAL, "process_group");
}

/* gotcha 34: supplementary groups are never kept by accident */
static void a_user_decides_on_groups(void **state) {
    (void)state;
    fx_command command = valid();
    command.mechanism = forking_mechanism();
    command.user = (fx_id)FX_ID(1);
    refuses(&command, EINVAL, "groups");
    command.groups.set = true;
    command.user.value = UINT_MAX;
    refuses(&command, EINVAL, "user");
    command.user.set = false;
    command.group = (fx_id)FX_ID(UINT_MAX);
    refuses(&command, EINVAL, "group");
}

static void group_lists_are_bounded(void **state) {
    (void)state;
    long most = sysconf(_SC_NGROUPS_MAX);
    assert_true(most > 0);
    gid_t *list = calloc((size_t)most + 1, sizeof *list);
    fx_command command = valid();
    command.mechanism = forking_mechanism();
    command.groups = (fx_groups){.set = true, .count = (size_t)most + 1, .list = list};
    refuses(&command, E2BIG, "groups");
    command.groups.count = SIZE_MAX;
    refuses(&command, E2BIG, "groups");
    command.groups = (fx_groups){.set = true, .count = 1};
    refuses(&command, EINVAL, "groups");
    free(list);
}

static void umask_is_one(void **state) {
    (void)state;
    fx_command command = valid();
    command.umask = (fx_number)FX_NUMBER(-1);
    refuses(&command, EINVAL, "umask");
    command.umask.value = 01000;
    refuses(&command, EINVAL, "umask");
}

static void choices_are_known(void **state) {
    (void)state;
    fx_command command = valid();
    command.search = (fx_search)9;
    refuses(&command, EINVAL, "search");
    command = valid();
    command.order = (fx_order)9;
    refuses(&command, EINVAL, "order");
    command = valid();
    command.mechanism = FX_MECHANISM_COUNT;
    refuses(&command, EINVAL, "mechanism");
    command.mechanism = (fx_mechanism)-1;
    refuses(&command, EINVAL, "mechanism");
}

static void best_effort_is_a_list(void **state) {
    (void)state;
    fx_command command = valid();
    command.best_effort_count = 1;
    refuses(&command, EINVAL, "best_effort");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(argv_has_an_element),
        cmocka_unit_test(candidates_are_not_empty),
        cmocka_unit_test(sizes_are_given),
        cmocka_unit_test(a_newer_field_is_refused_unless_zero),
        cmocka_unit_test(an_older_command_is_accepted),
        cmocka_unit_test(a_child_handle_has_its_size),
        cmocka_unit_test(an_older_error_gets_what_it_has_room_for),
        cmocka_unit_test(environment_changes_have_names),
        cmocka_unit_test(directory_is_one_and_open),
        cmocka_unit_test(streams_are_known_and_open),
        cmocka_unit_test(streams_follow_each_other_one_way),
        cmocka_unit_test(map_entries_are_open_and_single),
        cmocka_unit_test(a_stream_and_the_map_exclude_each_other),
        cmocka_unit_test(kept_descriptors_are_open_and_no_targets),
        cmocka_unit_test(exempt_and_closed_numbers_make_sense),
        cmocka_unit_test(session_excludes_process_group),
        cmocka_unit_test(a_user_decides_on_groups),
        cmocka_unit_test(group_lists_are_bounded),
        cmocka_unit_test(umask_is_one),
        cmocka_unit_test(choices_are_known),
        cmocka_unit_test(best_effort_is_a_list),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
