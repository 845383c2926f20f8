/* SPDX-License-Identifier: MIT
 *
 * Signals to a child and those around it, as far as all systems know them: the group.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "family.h"

static const fx_scope process = {.kind = FX_SCOPE_PROCESS};
static const fx_scope group = {.kind = FX_SCOPE_GROUP};
static const fx_scope session = {.kind = FX_SCOPE_SESSION};
static const fx_scope descendants = {.kind = FX_SCOPE_DESCENDANTS};

static fx_command leading(void) { return (fx_command){.process_group = FX_NUMBER(0)}; }

/* Whether this build can list processes. */
static bool can_list(void) {
    struct family family = FAMILY(leading(), 1, NULL);
    int count = fx_scope_count(&family.child, &group);
    assert_true(count == 1 || count == -ENOTSUP);
    assert_survivors(&family, 1);
    (void)finish(&family.child);
    return count == 1;
}

static void a_group_gets_it(void **state) {
    (void)state;
    for (int pid = 0; pid < 2; pid++) {
        fx_command attributes = leading();
        attributes.without_pidfd = pid;
        struct family family = FAMILY(attributes, 3, "fork", "fork");
        struct family innocent = FAMILY(attributes, 2, "fork");
        assert_int_equal(fx_signal_scope(&family.child, &group, 0), 0);
        assert_int_equal(fx_signal_scope(&family.child, &group, SIGTERM), 0);
        assert_all_killed(&family);
        assert_int_equal(finish(&family.child).signal, SIGTERM);
        assert_survivors(&innocent, 2);
        assert_int_equal(finish(&innocent.child).code, 0);
    }
}

static void a_group_may_be_left(void **state) {
    (void)state;
    struct family family = FAMILY(leading(), 2, "fork", "group");
    assert_int_equal(fx_signal_scope(&family.child, &group, SIGTERM), 0);
    assert_survivors(&family, 1);
    assert_int_equal(finish(&family.child).signal, SIGTERM);
}

static void the_child_alone(void **state) {
    (void)state;
    const fx_scope *scopes[] = {NULL, &process};
    for (size_t i = 0; i < 2; i++) {
        struct family family = FAMILY(leading(), 2, "fork");
        assert_int_equal(fx_signal_scope(&family.child, scopes[i], SIGTERM), 0);
        assert_survivors(&family, 1);
        assert_int_equal(finish(&family.child).signal, SIGTERM);
    }
}

/* gotcha 45: the number of the group is that of its leader until that is reaped */
static void a_group_outlives_its_leader(void **state) {
    (void)state;
    bool lists = can_list();
    for (int pid = 0; pid < 2; pid++) {
        fx_command attributes = leading();
        attributes.without_pidfd = pid;
        struct family family = FAMILY(attributes, 1, "orphan");
        fx_child *child = &family.child;
        assert_int_equal(fx_wait(child, -1, FX_WAIT_NO_REAP, NULL), 0);
        if (lists)
            assert_int_equal(fx_scope_count(child, &group), 1);
        assert_int_equal(fx_signal_scope(child, &group, SIGKILL), 0);
        assert_all_killed(&family);
        while (fx_scope_count(child, &group) > 0)
            ;
        if (lists)
            assert_int_equal(fx_signal_scope(child, &group, SIGKILL), -ESRCH);
        assert_int_equal(finish(child).code, 0);
    }
}

static void after_the_reaping_nobody_gets_it(void **state) {
    (void)state;
    struct family family = FAMILY(leading(), 1, "orphan");
    fx_child *child = &family.child;
    assert_int_equal(fx_wait(child, -1, 0, NULL), 0);
    assert_int_equal(fx_signal_scope(child, &group, SIGKILL), -ESRCH);
    assert_int_equal(fx_signal_scope(child, NULL, SIGKILL), -ESRCH);
    assert_int_equal(fx_scope_count(child, &process), -ESRCH);
    int result = fx_signal_scope(child, &descendants, SIGKILL);
    assert_true(result == -ESRCH || result == -ENOTSUP);
    result = fx_signal_scope(child, &session, SIGKILL);
    assert_true(result == -ESRCH || result == -ENOTSUP);
    assert_survivors(&family, 1);
    assert_int_equal(finish(child).code, 0);
}

static void only_a_leader_has_them(void **state) {
    (void)state;
    bool lists = can_list();
    struct family family = FAMILY((fx_command){.new_session = false}, 2, "fork");
    fx_child *child = &family.child;
    assert_int_equal(fx_signal_scope(child, &group, SIGKILL), -EINVAL);
    assert_int_equal(fx_scope_count(child, &group), -EINVAL);
    assert_int_equal(fx_signal_scope(child, &session, SIGKILL), lists ? -EINVAL : -ENOTSUP);
    assert_survivors(&family, 2);
    (void)finish(child);
}

static int be_in_the_group(void) {
    char *argv[] = {"act", "hold", NULL};
    fx_command command = command_of(argv);
    command.stdio[0].kind = FX_STDIO_PIPE;
    command.process_group = (fx_number)FX_NUMBER(0);
    fx_child child = {.size = sizeof child};
    if (fx_spawn(&command, &child, NULL) < 0)
        return 1;
    if (setpgid(0, child.pid) < 0)
        return 2;
    if (fx_signal_scope(&child, &group, SIGKILL) != -EINVAL)
        return 3;
    if (fx_wait(&child, 0, 0, NULL) != -ETIMEDOUT)
        return 4;
    fx_child_close(&child);
    return 0;
}

static void the_calling_process_gets_none(void **state) {
    (void)state;
    int status;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(be_in_the_group());
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static void nonsense_is_refused(void **state) {
    (void)state;
    struct family family = FAMILY(leading(), 1, NULL);
    fx_child *child = &family.child;
    static const fx_scope none = {.kind = FX_SCOPE_COUNT};
    assert_int_equal(fx_signal_scope(child, &none, SIGKILL), -EINVAL);
    assert_int_equal(fx_scope_count(child, &none), -EINVAL);
    assert_int_equal(fx_signal_scope(child, &group, -1), -EINVAL);
    assert_int_equal(fx_signal_scope(child, &group, 1000), -EINVAL);
    assert_survivors(&family, 1);
    (void)finish(child);
    fx_child empty = {.size = sizeof empty};
    assert_int_equal(fx_signal_scope(&empty, &group, SIGKILL), -ESRCH);
    assert_int_equal(fx_signal_scope(NULL, &group, SIGKILL), -ESRCH);
    assert_int_equal(fx_scope_count(NULL, &group), -ESRCH);
    empty.pid = -1;
    assert_int_equal(fx_signal_scope(&empty, &group, SIGKILL), -ESRCH);
}

static void who_runs_is_counted(void **state) {
    (void)state;
    int unknown = can_list() ? 0 : -ENOTSUP;
    struct family family = FAMILY(leading(), 3, "fork", "fork");
    fx_child *child = &family.child;
    errno = EXDEV;
    assert_int_equal(fx_scope_count(child, NULL), 1);
    assert_int_equal(fx_scope_count(child, &process), 1);
    assert_int_equal(fx_scope_count(child, &group), unknown ? unknown : 3);
    assert_int_equal(fx_scope_count(child, &descendants), unknown ? unknown : 3);
    if (!unknown)
        assert_int_equal(errno, EXDEV);
    assert_survivors(&family, 3);
    assert_int_equal(fx_wait(child, -1, FX_WAIT_NO_REAP, NULL), 0);
    assert_int_equal(fx_scope_count(child, NULL), 0);
    (void)finish(child);
}

static void others_of_other_users_are_not_permitted(void **state) {
    (void)state;
#ifdef __linux__
    if (geteuid() != 0)
        return;
    int dumpable = prctl(PR_GET_DUMPABLE);
    struct family family = FAMILY(leading(), 2, "fork");
    assert_int_equal(setresuid(65534, 65534, 0), 0);
    int result = fx_signal_scope(&family.child, &group, SIGTERM);
    assert_int_equal(setresuid(0, 0, 0), 0);
    assert_int_equal(prctl(PR_SET_DUMPABLE, dumpable), 0);
    assert_int_equal(result, -EPERM);
    assert_survivors(&family, 2);
    (void)finish(&family.child);
#endif
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_group_gets_it),
        cmocka_unit_test(a_group_may_be_left),
        cmocka_unit_test(the_child_alone),
        cmocka_unit_test(a_group_outlives_its_leader),
        cmocka_unit_test(after_the_reaping_nobody_gets_it),
        cmocka_unit_test(only_a_leader_has_them),
        cmocka_unit_test(the_calling_process_gets_none),
        cmocka_unit_test(nonsense_is_refused),
        cmocka_unit_test(who_runs_is_counted),
        cmocka_unit_test(others_of_other_users_are_not_permitted),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
