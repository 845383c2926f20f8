/* SPDX-License-Identifier: MIT
 *
 * Whoever can be found only where processes can be listed: sessions, and children of children.
 */
#include <errno.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "family.h"

static const fx_scope group = {.kind = FX_SCOPE_GROUP};
static const fx_scope session = {.kind = FX_SCOPE_SESSION};
static const fx_scope descendants = {.kind = FX_SCOPE_DESCENDANTS};
static const fx_scope adopted = {.kind = FX_SCOPE_DESCENDANTS, .adopted = true};

static const fx_rung rungs[] = {{SIGTERM, 50}, {SIGKILL, -1}};

static fx_ladder ladder_of(fx_scope scope) {
    return (fx_ladder){.size = sizeof(fx_ladder), .scope = scope, .rungs = rungs, .rung_count = 2};
}

static fx_command leading_session(void) { return (fx_command){.new_session = true}; }

static fx_command plain(void) { return (fx_command){.new_session = false}; }

/* For the beginning of a test: true where processes are not listed, which has been seen to be said.
 */
static bool cannot_list(void) {
    struct family family = FAMILY(leading_session(), 1, NULL);
    int count = fx_scope_count(&family.child, &session);
    if (count == -ENOTSUP) {
        const fx_ladder ladder = ladder_of(descendants);
        assert_int_equal(fx_scope_count(&family.child, &descendants), -ENOTSUP);
        assert_int_equal(fx_signal_scope(&family.child, &session, SIGKILL), -ENOTSUP);
        assert_int_equal(fx_signal_scope(&family.child, &descendants, SIGKILL), -ENOTSUP);
        assert_int_equal(fx_stop(&family.child, &ladder, NULL), -ENOTSUP);
    } else
        assert_int_equal(count, 1);
    assert_survivors(&family, 1);
    (void)finish(&family.child);
    return count < 0;
}

static void stop(struct family *family, fx_scope scope) {
    const fx_ladder ladder = ladder_of(scope);
    assert_int_equal(fx_stop(&family->child, &ladder, NULL), 0);
    assert_all_killed(family);
    fx_child_close(&family->child);
}

static void a_session_with_all_its_groups(void **state) {
    (void)state;
    if (cannot_list())
        return;
    for (int pid = 0; pid < 2; pid++) {
        fx_command attributes = leading_session();
        attributes.without_pidfd = pid;
        struct family innocent = FAMILY(attributes, 2, "fork");
        struct family family = FAMILY(attributes, 3, "fork", "group", "fork");
        assert_int_equal(fx_scope_count(&family.child, &session), 3);
        assert_int_equal(fx_signal_scope(&family.child, &session, 0), 0);
        assert_int_equal(fx_signal_scope(&family.child, &session, SIGTERM), 0);
        assert_all_killed(&family);
        assert_int_equal(finish(&family.child).signal, SIGTERM);

        family = FAMILY(attributes, 3, "fork", "group", "ignore", "fork");
        stop(&family, session);
        assert_survivors(&innocent, 2);
        (void)finish(&innocent.child);
    }
}

/* Of the same family a group is less. */
static void a_group_is_not_the_session(void **state) {
    (void)state;
    struct family family = FAMILY(leading_session(), 3, "fork", "group", "fork");
    assert_int_equal(fx_signal_scope(&family.child, &group, SIGTERM), 0);
    assert_survivors(&family, 2);
    (void)finish(&family.child);
}

static void a_session_may_be_left(void **state) {
    (void)state;
    if (cannot_list())
        return;
    struct family family = FAMILY(leading_session(), 3, "fork", "session", "fork");
    assert_int_equal(fx_signal_scope(&family.child, &session, SIGTERM), 0);
    assert_survivors(&family, 2);
    assert_int_equal(finish(&family.child).signal, SIGTERM);
}

static void a_session_outlives_its_leader(void **state) {
    (void)state;
    if (cannot_list())
        return;
    struct family family = FAMILY(leading_session(), 1, "orphan", "ignore");
    assert_int_equal(fx_wait(&family.child, -1, FX_WAIT_NO_REAP, NULL), 0);
    assert_int_equal(fx_scope_count(&family.child, &session), 1);
    stop(&family, session);
    assert_int_equal(fx_signal_scope(&family.child, &session, SIGKILL), -ESRCH);
}

static void an_empty_session_is_said(void **state) {
    (void)state;
    if (cannot_list())
        return;
    fx_command command = command_of(ARGV("act", "exit", "0"));
    command.new_session = true;
    fx_child child = start(&command);
    assert_int_equal(fx_wait(&child, -1, FX_WAIT_NO_REAP, NULL), 0);
    assert_int_equal(fx_scope_count(&child, &session), 0);
    assert_int_equal(fx_scope_count(&child, &descendants), 0);
    assert_int_equal(fx_signal_scope(&child, &session, SIGTERM), -ESRCH);
    assert_int_equal(fx_signal_scope(&child, &descendants, SIGTERM), -ESRCH);
    (void)finish(&child);
}

static void descendants_wherever_they_are(void **state) {
    (void)state;
    if (cannot_list())
        return;
    for (int pid = 0; pid < 2; pid++) {
        fx_command attributes = plain();
        attributes.without_pidfd = pid;
        struct family innocent = FAMILY(attributes, 2, "fork");
        struct family family = FAMILY(attributes, 4, "fork", "session", "fork", "group", "fork");
        assert_int_equal(fx_scope_count(&family.child, &descendants), 4);
        assert_int_equal(fx_signal_scope(&family.child, &descendants, 0), 0);
        assert_int_equal(fx_signal_scope(&family.child, &descendants, SIGTERM), 0);
        assert_all_killed(&family);
        assert_int_equal(finish(&family.child).signal, SIGTERM);
        assert_survivors(&innocent, 2);
        (void)finish(&innocent.child);
    }
}

static void those_that_ignore_it_are_killed(void **state) {
    (void)state;
    if (cannot_list())
        return;
    struct family family = FAMILY(plain(), 3, "ignore", "fork", "session", "fork");
    assert_int_equal(fx_signal_scope(&family.child, &descendants, SIGTERM), 0);
    /* None is left stopped, or this would not come to its end. */
    assert_survivors(&family, 3);
    (void)finish(&family.child);

    family = FAMILY(plain(), 3, "ignore", "fork", "session", "fork");
    stop(&family, descendants);
}

/* They were found by a parent that is not there any more when the next signal is due. */
static void descendants_are_remembered(void **state) {
    (void)state;
    if (cannot_list())
        return;
    struct family family = FAMILY(plain(), 3, "fork", "session", "ignore", "fork");
    stop(&family, descendants);
}

static void who_stops_can_be_continued(void **state) {
    (void)state;
    if (cannot_list())
        return;
    struct family family = FAMILY(plain(), 2, "fork");
    siginfo_t info;
    assert_int_equal(fx_signal_scope(&family.child, &descendants, SIGSTOP), 0);
    assert_int_equal(waitid(P_PID, (id_t)family.child.pid, &info, WSTOPPED | WNOWAIT), 0);
    assert_int_equal(fx_signal_scope(&family.child, &descendants, SIGCONT), 0);
    assert_survivors(&family, 2);
    (void)finish(&family.child);
}

/* Whose parent has ended is another's child: of process 1, or of the next subreaper. */
static void orphans_are_not_found(void **state) {
    (void)state;
    if (cannot_list())
        return;
    struct family family = FAMILY(plain(), 3, "fork", "orphan", "session", "fork");
    assert_int_equal(fx_signal_scope(&family.child, &descendants, SIGTERM), 0);
    assert_survivors(&family, 2);
    (void)finish(&family.child);
}

static void reap_adopted(void) {
    while (waitpid(-1, NULL, 0) > 0)
        ;
}

static void but_by_a_subreaper(void **state) {
    (void)state;
    if (cannot_list())
        return;
    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    struct family family = FAMILY(plain(), 3, "fork", "orphan", "session", "fork");
    assert_int_equal(fx_scope_count(&family.child, &descendants), 1);
    assert_int_equal(fx_scope_count(&family.child, &adopted), 3);
    assert_int_equal(fx_signal_scope(&family.child, &adopted, SIGTERM), 0);
    assert_all_killed(&family);
    assert_int_equal(finish(&family.child).signal, SIGTERM);
    reap_adopted();

    /* Each of them has an heir. */
    family = FAMILY(plain(), 2, "heir", "fork", "session");
    stop(&family, adopted);
    reap_adopted();
    assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 0), 0);
}

/* While these are being signalled there come more. */
static void those_that_fork_do_not_get_away(void **state) {
    (void)state;
    if (cannot_list())
        return;
    const fx_scope scopes[] = {group, session, descendants};
    for (size_t i = 0; i < sizeof scopes / sizeof scopes[0]; i++)
        for (int awaited = 1; awaited < 40; awaited += 19) {
            struct family family = FAMILY(leading_session(), awaited, "chain");
            assert_int_equal(fx_signal_scope(&family.child, &scopes[i], SIGKILL), 0);
            assert_all_killed(&family);
            assert_int_equal(finish(&family.child).signal, SIGKILL);
            family = FAMILY(leading_session(), awaited, "ignore", "chain");
            stop(&family, scopes[i]);
        }
}

static void others_of_other_users_are_not_permitted(void **state) {
    (void)state;
    if (cannot_list() || geteuid() != 0)
        return;
    const fx_scope scopes[] = {session, descendants};
    for (size_t i = 0; i < 2; i++) {
        int dumpable = prctl(PR_GET_DUMPABLE);
        struct family family = FAMILY(leading_session(), 2, "fork");
        assert_int_equal(setresuid(65534, 65534, 0), 0);
        int result = fx_signal_scope(&family.child, &scopes[i], SIGTERM);
        assert_int_equal(setresuid(0, 0, 0), 0);
        assert_int_equal(prctl(PR_SET_DUMPABLE, dumpable), 0);
        assert_int_equal(result, -EPERM);
        assert_survivors(&family, 2);
        (void)finish(&family.child);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_with_all_its_groups),
        cmocka_unit_test(a_group_is_not_the_session),
        cmocka_unit_test(a_session_may_be_left),
        cmocka_unit_test(a_session_outlives_its_leader),
        cmocka_unit_test(an_empty_session_is_said),
        cmocka_unit_test(descendants_wherever_they_are),
        cmocka_unit_test(those_that_ignore_it_are_killed),
        cmocka_unit_test(descendants_are_remembered),
        cmocka_unit_test(who_stops_can_be_continued),
        cmocka_unit_test(orphans_are_not_found),
        cmocka_unit_test(but_by_a_subreaper),
        cmocka_unit_test(those_that_fork_do_not_get_away),
        cmocka_unit_test(others_of_other_users_are_not_permitted),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
