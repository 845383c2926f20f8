/* SPDX-License-Identifier: MIT
 *
 * Signals to a control group, which nobody leaves by himself.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cgroups.h"
#include "family.h"
#include "looking.h"

static int open_directory(const char *path) {
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    assert_true(fd >= 0);
    return fd;
}

/* For the beginning of a test: true where there is nothing to be tried. */
static bool is_out_of_reach(void) {
    needs_version_2();
    return !is_superuser() || !is_offered("cgroup");
}

static struct family inside(const char *name, char *const words[], int living) {
    return start_family((fx_command){.cgroup = cgroup_path(name)}, words, living);
}

/* One below the own one. */
static const char *lower_cgroup(void) {
    static char name[80];
    (void)snprintf(name, sizeof name, "%s/lower", own_cgroup());
    return name;
}

static void remove_lower(void) {
    while (rmdir(cgroup_path(lower_cgroup())) < 0 && errno == EBUSY)
        (void)sched_yield();
}

static void all_of_both(int signal) {
    assert_int_equal(mkdir(cgroup_path(lower_cgroup()), 0755), 0);
    const fx_scope scope = {FX_SCOPE_CGROUP, open_directory(cgroup_path(own_cgroup())), false};
    struct family family =
        inside(own_cgroup(), ARGV("act", "family", "fork", "orphan", "session", "fork"), 3);
    struct family lower = inside(lower_cgroup(), ARGV("act", "family", "fork"), 2);
    assert_int_equal(fx_scope_count(&family.child, &scope), 5);
    assert_int_equal(fx_signal_scope(&family.child, &scope, 0), 0);
    assert_int_equal(fx_signal_scope(&family.child, &scope, signal), 0);
    assert_all_killed(&family);
    assert_all_killed(&lower);
    while (fx_scope_count(&family.child, &scope) > 0)
        (void)sched_yield();
    assert_int_equal(fx_signal_scope(&family.child, &scope, signal), -ESRCH);
    assert_int_equal(finish(&family.child).signal, signal);
    assert_int_equal(finish(&lower.child).signal, signal);
    remove_lower();
    (void)close(scope.cgroup);
}

static void all_in_it_and_below(void **state) {
    (void)state;
    if (is_out_of_reach())
        return;
    struct family innocent = FAMILY((fx_command){.new_session = false}, 2, "fork");
    all_of_both(SIGTERM);
    all_of_both(SIGKILL);
    assert_survivors(&innocent, 2);
    (void)finish(&innocent.child);
}

static void stop_in_it(fx_command attributes, char *const words[], int living) {
    static const fx_rung rungs[] = {{SIGTERM, 50}, {SIGKILL, -1}};
    fx_ladder ladder = {.size = sizeof ladder, .rungs = rungs, .rung_count = 2};
    ladder.scope = (fx_scope){FX_SCOPE_CGROUP, open_directory(cgroup_path(own_cgroup())), false};
    struct family family = start_family(attributes, words, living);
    assert_int_equal(fx_stop(&family.child, &ladder, NULL), 0);
    assert_all_killed(&family);
    fx_child_close(&family.child);
    (void)close(ladder.scope.cgroup);
}

static void they_are_stopped_step_by_step(void **state) {
    (void)state;
    if (is_out_of_reach())
        return;
    fx_command attributes = {.cgroup = cgroup_path(own_cgroup())};
    stop_in_it(attributes, ARGV("act", "family", "heir", "fork", "orphan", "session"), 2);
    stop_in_it(attributes, ARGV("act", "family", "ignore", "chain"), 20);
    /* The child itself as well, should it be elsewhere. */
    attributes.cgroup = NULL;
    stop_in_it(attributes, ARGV("act", "family", "ignore"), 1);
}

static void one_of_which_this_process_is_is_refused(void **state) {
    (void)state;
    needs_version_2();
    int expected = is_offered("cgroup") ? -EINVAL : -ENOTSUP;
    /* It is in one of those below, if not in this. */
    const fx_scope scope = {FX_SCOPE_CGROUP, open_directory(cgroup_mount), false};
    const fx_ladder ladder = {.size = sizeof ladder, .scope = scope};
    struct family family = FAMILY((fx_command){.new_session = false}, 1, NULL);
    assert_int_equal(fx_signal_scope(&family.child, &scope, SIGTERM), expected);
    assert_int_equal(fx_scope_count(&family.child, &scope), expected);
    assert_int_equal(fx_stop(&family.child, &ladder, NULL), expected);
    assert_survivors(&family, 1);
    (void)finish(&family.child);
    (void)close(scope.cgroup);
}

static void one_that_is_gone_is_empty(void **state) {
    (void)state;
    if (is_out_of_reach())
        return;
    assert_int_equal(mkdir(cgroup_path(lower_cgroup()), 0755), 0);
    const fx_scope scope = {FX_SCOPE_CGROUP, open_directory(cgroup_path(lower_cgroup())), false};
    remove_lower();
    struct family family = FAMILY((fx_command){.new_session = false}, 1, NULL);
    assert_int_equal(fx_scope_count(&family.child, &scope), 0);
    assert_int_equal(fx_signal_scope(&family.child, &scope, SIGTERM), -ESRCH);
    assert_survivors(&family, 1);
    (void)finish(&family.child);
    (void)close(scope.cgroup);
}

static void what_is_none_is_refused(void **state) {
    (void)state;
    bool offered = is_offered("cgroup");
    const fx_scope none = {FX_SCOPE_CGROUP, -1, false};
    const fx_scope other = {FX_SCOPE_CGROUP, open_directory("/tmp"), false};
    struct family family = FAMILY((fx_command){.new_session = false}, 1, NULL);
    assert_int_equal(fx_signal_scope(&family.child, &none, SIGTERM), offered ? -EBADF : -ENOTSUP);
    assert_int_equal(fx_signal_scope(&family.child, &other, SIGTERM), offered ? -EINVAL : -ENOTSUP);
    assert_survivors(&family, 1);
    (void)finish(&family.child);
    (void)close(other.cgroup);
}

int main(void) {
    find_cgroup_mount();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(all_in_it_and_below, make_cgroup, remove_cgroup),
        cmocka_unit_test_setup_teardown(they_are_stopped_step_by_step, make_cgroup, remove_cgroup),
        cmocka_unit_test(one_of_which_this_process_is_is_refused),
        cmocka_unit_test_setup_teardown(one_that_is_gone_is_empty, make_cgroup, remove_cgroup),
        cmocka_unit_test(what_is_none_is_refused),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
