/* SPDX-License-Identifier: MIT
 *
 * Stopping step by step.
 */
#include <errno.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>

#include "family.h"

#define LADDER(scope_kind, ...)                                                                    \
    (fx_ladder) {                                                                                  \
        .size = sizeof(fx_ladder), .scope = {.kind = (scope_kind)},                                \
        .rungs = (const fx_rung[]){__VA_ARGS__},                                                   \
        .rung_count = sizeof((const fx_rung[]){__VA_ARGS__}) / sizeof(fx_rung)                     \
    }
enum { EVER = -1 };

/* Every test with the pidfd and without. */
#define EACH_VARIANT(name) for (int name = 0; name < 2; name++)

static fx_command variant(int without_pidfd) {
    return (fx_command){.without_pidfd = without_pidfd, .process_group = FX_NUMBER(0)};
}

static fx_exit stop(struct family *family, const fx_ladder *ladder) {
    fx_exit end = {.size = sizeof end};
    errno = EXDEV;
    assert_int_equal(fx_stop(&family->child, ladder, &end), 0);
    assert_int_equal(errno, EXDEV);
    /* It has been reaped. */
    assert_int_equal(fx_signal(&family->child, 0), -ESRCH);
    return end;
}

static void one_signal_may_do(void **state) {
    (void)state;
    const fx_ladder patient = LADDER(FX_SCOPE_PROCESS, {SIGTERM, EVER}, {SIGKILL, EVER});
    const fx_ladder *ladders[] = {NULL, &patient};
    EACH_VARIANT(pid)
    for (size_t i = 0; i < 2; i++) {
        struct family family = FAMILY(variant(pid), 1, NULL);
        fx_exit end = stop(&family, ladders[i]);
        assert_int_equal(end.signal, SIGTERM);
        assert_true(end.usage.max_resident > 0);
        assert_all_killed(&family);
        fx_child_close(&family.child);
    }
}

static void the_next_follows(void **state) {
    (void)state;
    const fx_ladder ladder = LADDER(FX_SCOPE_PROCESS, {SIGTERM, 20}, {SIGTERM, 0}, {SIGKILL, EVER});
    EACH_VARIANT(pid) {
        struct family family = FAMILY(variant(pid), 1, "ignore");
        assert_int_equal(stop(&family, &ladder).signal, SIGKILL);
        assert_all_killed(&family);
        fx_child_close(&family.child);
    }
}

static void a_group_with_all_in_it(void **state) {
    (void)state;
    const fx_ladder ladder = LADDER(FX_SCOPE_GROUP, {SIGTERM, 50}, {SIGKILL, EVER});
    EACH_VARIANT(pid) {
        struct family innocent = FAMILY(variant(pid), 2, "fork");
        /* The leader ends at once, the others do not care. */
        struct family family = FAMILY(variant(pid), 3, "fork", "ignore", "fork");
        assert_int_equal(stop(&family, &ladder).signal, SIGTERM);
        assert_all_killed(&family);
        fx_child_close(&family.child);
        assert_survivors(&innocent, 2);
        (void)finish(&innocent.child);
    }
}

static void a_group_of_which_the_leader_has_ended(void **state) {
    (void)state;
    const fx_ladder ladder = LADDER(FX_SCOPE_GROUP, {SIGTERM, 50}, {SIGKILL, EVER});
    EACH_VARIANT(pid) {
        struct family family = FAMILY(variant(pid), 1, "ignore", "orphan");
        assert_int_equal(fx_wait(&family.child, -1, FX_WAIT_NO_REAP, NULL), 0);
        assert_int_equal(stop(&family, &ladder).code, 0);
        assert_all_killed(&family);
        fx_child_close(&family.child);
    }
}

static void heirs_are_in_the_group(void **state) {
    (void)state;
    const fx_ladder ladder = LADDER(FX_SCOPE_GROUP, {SIGTERM, 50}, {SIGKILL, EVER});
    struct family family = FAMILY(variant(0), 2, "heir", "fork");
    (void)stop(&family, &ladder);
    assert_all_killed(&family);
    fx_child_close(&family.child);
}

static void a_stopped_child_takes_it(void **state) {
    (void)state;
    const fx_ladder ladder = LADDER(FX_SCOPE_PROCESS, {SIGTERM, EVER});
    const fx_ladder group = LADDER(FX_SCOPE_GROUP, {SIGTERM, EVER});
    const fx_ladder *ladders[] = {&ladder, &group};
    for (size_t i = 0; i < 2; i++) {
        struct family family = FAMILY(variant(0), 1, NULL);
        siginfo_t info;
        assert_int_equal(fx_signal(&family.child, SIGSTOP), 0);
        assert_int_equal(waitid(P_PID, (id_t)family.child.pid, &info, WSTOPPED), 0);
        if (i == 1 && fx_scope_count(&family.child, &group.scope) == -ENOTSUP) {
            /* Nobody would see that the group is empty. */
            assert_int_equal(fx_signal(&family.child, SIGKILL), 0);
            (void)finish(&family.child);
            continue;
        }
        assert_int_equal(stop(&family, ladders[i]).signal, SIGTERM);
        assert_all_killed(&family);
        fx_child_close(&family.child);
    }
}

static void who_has_ended_is_only_reaped(void **state) {
    (void)state;
    EACH_VARIANT(pid) {
        fx_command command = command_of(ARGV("act", "exit", "6"));
        command.without_pidfd = pid;
        struct family family = {.child = start(&command)};
        assert_int_equal(fx_wait(&family.child, -1, FX_WAIT_NO_REAP, NULL), 0);
        assert_int_equal(stop(&family, NULL).code, 6);
        /* And once more. */
        assert_int_equal(stop(&family, NULL).code, 6);
        fx_child_close(&family.child);
    }
}

static void the_last_grace_ends_it(void **state) {
    (void)state;
    const fx_ladder ladder = LADDER(FX_SCOPE_PROCESS, {SIGTERM, 20});
    EACH_VARIANT(pid) {
        struct family family = FAMILY(variant(pid), 1, "ignore");
        fx_exit end = {.size = sizeof end, .code = 77};
        assert_int_equal(fx_stop(&family.child, &ladder, &end), -ETIMEDOUT);
        assert_int_equal(end.code, 77);
        assert_survivors(&family, 1);
        assert_int_equal(finish(&family.child).code, 0);
    }
}

static void then_the_child_may_have_ended(void **state) {
    (void)state;
    const fx_ladder ladder = LADDER(FX_SCOPE_GROUP, {SIGTERM, 50});
    struct family family = FAMILY(variant(0), 2, "fork", "ignore");
    /* Before its signal, so that its end does not depend on the grace. */
    assert_int_equal(fx_signal(&family.child, SIGTERM), 0);
    assert_int_equal(fx_wait(&family.child, -1, FX_WAIT_NO_REAP, NULL), 0);
    fx_exit end = {.size = sizeof end};
    assert_int_equal(fx_stop(&family.child, &ladder, &end), -ETIMEDOUT);
    assert_int_equal(end.signal, SIGTERM);
    assert_int_equal(fx_signal(&family.child, 0), -ESRCH);
    assert_survivors(&family, 1);
    fx_child_close(&family.child);
}

static void nonsense_is_refused(void **state) {
    (void)state;
    static const fx_rung rungs[] = {{SIGKILL, EVER}}, wrong[] = {{1000, EVER}};
    const fx_ladder ladders[] = {
        {.size = sizeof(fx_ladder), .scope = {.kind = FX_SCOPE_COUNT}},
        {.size = sizeof(fx_ladder), .rungs = rungs},
        {.size = sizeof(fx_ladder), .rungs = wrong, .rung_count = 1},
        /* It leads none. */
        {.size = sizeof(fx_ladder), .scope = {.kind = FX_SCOPE_GROUP}},
    };
    struct family family = FAMILY((fx_command){.new_session = false}, 1, NULL);
    for (size_t i = 0; i < sizeof ladders / sizeof ladders[0]; i++)
        assert_int_equal(fx_stop(&family.child, &ladders[i], NULL), -EINVAL);
    assert_survivors(&family, 1);
    assert_int_equal(finish(&family.child).code, 0);

    fx_child empty = {.size = sizeof empty};
    assert_int_equal(fx_stop(&empty, NULL, NULL), -ESRCH);
    assert_int_equal(fx_stop(NULL, NULL, NULL), -ESRCH);
}

static void a_caller_may_know_less(void **state) {
    (void)state;
    static const fx_rung wrong[] = {{1000, EVER}};
    const fx_ladder ladder = {
        .size = offsetof(fx_ladder, rungs),
        .rungs = wrong,
        .rung_count = 1,
    };
    struct family family = FAMILY(variant(0), 1, NULL);
    assert_int_equal(stop(&family, &ladder).signal, SIGTERM);
    assert_all_killed(&family);
    fx_child_close(&family.child);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_signal_may_do),
        cmocka_unit_test(the_next_follows),
        cmocka_unit_test(a_group_with_all_in_it),
        cmocka_unit_test(a_group_of_which_the_leader_has_ended),
        cmocka_unit_test(heirs_are_in_the_group),
        cmocka_unit_test(a_stopped_child_takes_it),
        cmocka_unit_test(who_has_ended_is_only_reaped),
        cmocka_unit_test(the_last_grace_ends_it),
        cmocka_unit_test(then_the_child_may_have_ended),
        cmocka_unit_test(nonsense_is_refused),
        cmocka_unit_test(a_caller_may_know_less),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
