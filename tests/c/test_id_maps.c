/* SPDX-License-Identifier: MIT
 *
 * The users and groups of a new user namespace, which the parent maps while the child waits.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child/child.h"
#include "looking.h"

/* Where this program is. */
static const char *own_path;

static const fx_id_map *map_of(unsigned int inside, unsigned int outside, unsigned int count) {
    enum { COUNT = 8 };
    static fx_id_map maps[COUNT];
    static int next;
    fx_id_map *map = &maps[next++ % COUNT];
    *map = (fx_id_map){.inside = inside, .outside = outside, .count = count};
    return map;
}

static fx_command mapping(const fx_id_map *users, const fx_id_map *groups) {
    fx_command command = idle_command_of_its_own();
    command.unshare = CLONE_NEWUSER;
    command.uid_map = users;
    command.uid_map_count = users != NULL;
    command.gid_map = groups;
    command.gid_map_count = groups != NULL;
    return command;
}

static void it_is_whom_the_maps_say(void **state) {
    (void)state;
    fx_command command = mapping(map_of(0, geteuid(), 1), map_of(100, getegid(), 1));
    if (is_lacking(&command, "unshare"))
        return;
    static const unsigned int besides[] = {0, CLONE_NEWPID, CLONE_NEWNET,
                                           CLONE_NEWPID | CLONE_NEWNS};
    for (size_t i = 0; i < sizeof besides / sizeof besides[0]; i++) {
        command.unshare = CLONE_NEWUSER | besides[i];
        command.mechanism = forking_mechanism();
        leave_helper_at_birth(&command);
        char *said = LOOK(&command, "ids", "file=/proc/self/uid_map", "file=/proc/self/gid_map",
                          "file=/proc/self/setgroups", "pid");
        assert_saw(said, "user 0 0 0");
        assert_saw(said, "group 100 100 100");
        assert_saw(said, "/proc/self/uid_map: %10u %10u %10u", 0U, geteuid(), 1U);
        assert_saw(said, "/proc/self/gid_map: %10u %10u %10u", 100U, getegid(), 1U);
        /* Who has the privilege to map any group leaves them the call. */
        assert_saw(said, "/proc/self/setgroups: %s", is_superuser() ? "allow" : "deny");
        if (besides[i] & CLONE_NEWPID)
            assert_saw(said, "pid 1");
        free(said);
    }
}

static void the_reason_is_the_parent(void **state) {
    (void)state;
    fx_command command = mapping(map_of(0, geteuid(), 1), NULL);
    command.mechanism = FX_MECHANISM_AUTO;
    if (is_lacking(&command, "unshare"))
        return;
    fx_child child = start(&command);
    assert_int_equal(child.mechanism, FX_MECHANISM_FORK);
    assert_int_equal(child.reason, FX_REASON_PARENT);
    assert_int_equal(finish(&child).code, 0);
    command.mechanism = FX_MECHANISM_CLONE;
    (void)assert_fails(&command, ENOTSUP, FX_STEP_COMMAND, "mechanism");
}

/* Identity comes after the maps, as the superuser of the namespace. */
static void identity_is_that_of_the_namespace(void **state) {
    (void)state;
    static const fx_id_map users[] = {{0, 0, 1}, {1, 100000, 1000}};
    if (!is_superuser())
        return;
    fx_command command = mapping(users, users);
    command.uid_map_count = command.gid_map_count = 2;
    command.user = (fx_id)FX_ID(7);
    command.group = (fx_id)FX_ID(8);
    command.groups.set = true;
    if (is_lacking(&command, "unshare"))
        return;
    char *said = LOOK(&command, "ids");
    assert_saw(said, "user 7 7 7");
    assert_saw(said, "group 8 8 8");
    free(said);
}

static void a_map_that_is_refused_is_named(void **state) {
    (void)state;
    /* Nobody may map what is not himself; the superuser may, but not twice what is inside. */
    if (is_superuser())
        return;
    fx_command command = mapping(map_of(0, 0, 2), map_of(0, getegid(), 1));
    fx_error error = assert_fails(&command, EPERM, FX_STEP_ID_MAPS, "uid_map 0:0:2");
    assert_int_equal(error.index, 0);
    assert_message(&error, "id_maps(uid_map 0:0:2): Operation not permitted");
    command = mapping(map_of(0, geteuid(), 1), map_of(5, 0, 1));
    error = assert_fails(&command, EPERM, FX_STEP_ID_MAPS, "gid_map 5:0:1");
    assert_int_equal(error.index, 1);
    static const fx_step may[] = {FX_STEP_ID_MAPS};
    command.best_effort = may;
    command.best_effort_count = 1;
    fx_child child = start(&command);
    assert_int_equal(child.skipped_count, 1);
    assert_int_equal(child.skipped[0].step, FX_STEP_ID_MAPS);
    assert_int_equal(child.skipped[0].index, 1);
    assert_int_equal(child.skipped[0].code, -EPERM);
    assert_int_equal(finish(&child).code, 0);
}

static int look_who(void *argument) {
    (void)argument;
    return geteuid() == 0 ? 0 : EDOM;
}

static void a_callback_is_mapped_already(void **state) {
    (void)state;
    fx_command command = mapping(map_of(0, geteuid(), 1), map_of(0, getegid(), 1));
    command.mechanism = callback_mechanism();
    command.callback.function = look_who;
    if (!is_lacking(&command, "unshare"))
        assert_exits(&command, 0);
}

struct told {
    fx_step step;
    int index, code;
};

static void tell(void *argument, fx_step step, int index, int code) {
    const struct told told = {step, index, code};
    if (write(*(const int *)argument, &told, sizeof told) != sizeof told)
        _exit(99);
}

/* The parent answers the child, which goes on by itself. */
static void with_a_reporter_as_well(void **state) {
    (void)state;
    int ends[2];
    struct told told;
    fx_command command = mapping(map_of(0, geteuid(), 1), map_of(0, getegid(), 1));
    if (is_lacking(&command, "unshare"))
        return;
    new_pipe(ends);
    command.reporter = (fx_reporter){.function = tell, .argument = &ends[1]};
    command.exempt = &ends[1];
    command.exempt_count = 1;
    char *said = LOOK(&command, "ids");
    assert_saw(said, "user 0 0 0");
    free(said);
    command.program = "/nonexistent/program";
    fx_child child = start(&command);
    assert_int_equal(read(ends[0], &told, sizeof told), sizeof told);
    assert_int_equal(told.step, FX_STEP_EXEC);
    assert_int_equal(told.code, -ENOENT);
    assert_int_equal(finish(&child).code, 255);
    if (!is_superuser()) {
        command.gid_map = map_of(0, 0, 1);
        child = start(&command);
        assert_int_equal(read(ends[0], &told, sizeof told), sizeof told);
        assert_int_equal(told.step, FX_STEP_ID_MAPS);
        assert_int_equal(told.index, 1);
        assert_int_equal(told.code, -EPERM);
        assert_int_equal(finish(&child).code, 255);
    }
    (void)close(ends[0]);
    (void)close(ends[1]);
}

/* In the calling process, where no parent waits for it. */
static _Noreturn void become(const fx_plan *plan, int output) {
    struct fx_skips skips = {.count = 0};
    struct fx_frame frame = {.plan = plan,
                             .environment = plan->environment,
                             .open = plan->open,
                             .open_count = plan->open_count,
                             .directory = -1,
                             .release = -1,
                             .report_descriptor = -1,
                             .skips = &skips};
    if (dup2(output, 1) == 1)
        (void)fx_child_run(&frame);
    _exit(99);
}

static void without_a_parent_it_writes_its_own(void **state) {
    (void)state;
    int ends[2], status = 0;
    fx_plan *plan;
    fx_command command = mapping(map_of(0, geteuid(), 1), map_of(0, getegid(), 1));
    if (is_lacking(&command, "unshare"))
        return;
    command.program = program_path("look");
    command.argv = ARGV("look", "ids", "file=/proc/self/setgroups");
    assert_int_equal(fx_compile(&command, &plan, NULL), 0);
    new_pipe(ends);
    pid_t pid = fork();
    if (pid == 0)
        become(plan, ends[1]);
    (void)close(ends[1]);
    char *said = read_all(ends[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    assert_saw(said, "user 0 0 0");
    assert_saw(said, "group 0 0 0");
    assert_saw(said, "/proc/self/setgroups: deny");
    free(said);
    fx_plan_free(plan);
}

static void whatever_the_map_of_descriptors_is(void **state) {
    (void)state;
    /* The pipes of the maps must not lie where the map writes. */
    enum { FIRST = 3, COUNT = 12 };
    fx_map map[COUNT];
    fx_command command = mapping(map_of(0, geteuid(), 1), map_of(0, getegid(), 1));
    if (is_lacking(&command, "unshare"))
        return;
    for (int i = 0; i < COUNT; i++)
        map[i] = (fx_map){FIRST + i, 0};
    command.map = map;
    command.map_count = COUNT;
    for (int order = FX_ORDER_STANDARD; order <= FX_ORDER_CPYTHON; order++) {
        command.order = (fx_order)order;
        char *said = LOOK(&command, "ids");
        assert_saw(said, "user 0 0 0");
        free(said);
    }
}

/* ---- what is not compiled ---- */

static void what_is_no_map_is_not_compiled(void **state) {
    (void)state;
    static const fx_id_map many[341];
    const fx_id_map twice[] = {{0, 1000, 10}, {9, 5000, 1}};
    fx_command command = mapping(map_of(0, 0, 0), NULL);
    assert_wrong(&command, EINVAL, "uid_map", "entry 0: 0:0:0 is no range of ids");
    command.uid_map = map_of(0, 0xfffffff0U, 0x10);
    assert_wrong(&command, EINVAL, "uid_map", "entry 0: 0:4294967280:16 is no range of ids");
    command.uid_map = twice;
    command.uid_map_count = 2;
    assert_wrong(&command, EINVAL, "uid_map", "entries 0 and 1 overlap");
    command.uid_map = many;
    command.uid_map_count = 341;
    assert_wrong(&command, E2BIG, "uid_map",
                 "341 entries are more than the 340 that a kernel takes");
    command = mapping(NULL, map_of(0, 0, 1));
    command.unshare = CLONE_NEWNET;
    assert_wrong(&command, EINVAL, "gid_map", "needs CLONE_NEWUSER in unshare");
    command.gid_map = NULL;
    command.unshare = CLONE_NEWUSER;
    assert_wrong(&command, EINVAL, "gid_map", "the list is NULL");
}

static void as_many_lines_as_fit_a_page(void **state) {
    (void)state;
    enum { COUNT = 340 };
    static fx_id_map map[COUNT];
    for (unsigned int i = 0; i < COUNT; i++)
        map[i] = (fx_id_map){.inside = i, .outside = 4000000000U + i, .count = 1};
    fx_command command = mapping(map, NULL);
    command.uid_map_count = COUNT;
    if (sysconf(_SC_PAGESIZE) != 4096)
        skip();
    fx_error error = assert_fails(&command, E2BIG, FX_STEP_COMMAND, "uid_map");
    assert_message(&error, "uid_map: 5670 bytes of text are more than a page");
    if (!is_superuser() || !is_offered("unshare"))
        return;
    command.uid_map_count = 200;
    char *said = LOOK(&command, "file=/proc/self/uid_map");
    assert_saw(said, "/proc/self/uid_map: %10u %10u %10u", 199U, 4000000199U, 1U);
    free(said);
}

static void unprivileged_as_well(void **state) {
    (void)state;
    if (is_superuser() && is_offered("unshare"))
        run_again_unprivileged(own_path);
}

int main(int argc, char **argv) {
    own_path = argc > 0 ? argv[0] : "";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_whom_the_maps_say),
        cmocka_unit_test(the_reason_is_the_parent),
        cmocka_unit_test(identity_is_that_of_the_namespace),
        cmocka_unit_test(a_map_that_is_refused_is_named),
        cmocka_unit_test(a_callback_is_mapped_already),
        cmocka_unit_test(with_a_reporter_as_well),
        cmocka_unit_test(without_a_parent_it_writes_its_own),
        cmocka_unit_test(whatever_the_map_of_descriptors_is),
        cmocka_unit_test(what_is_no_map_is_not_compiled),
        cmocka_unit_test(as_many_lines_as_fit_a_page),
        cmocka_unit_test(unprivileged_as_well),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
