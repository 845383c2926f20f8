/* SPDX-License-Identifier: MIT
 *
 * The ladder as the drain uses it: for several children, one step at a time.
 */
#include <errno.h>
#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "family.h"
#include "follow/ladder.h"

static const fx_rung rungs[] = {{SIGTERM, -1}, {SIGKILL, -1}};

static fx_ladder ladder_of(fx_scope_kind kind) {
    fx_ladder ladder,
        given = {.size = sizeof given, .scope = {.kind = kind}, .rungs = rungs, .rung_count = 2};
    assert_int_equal(fx_ladder_read(&given, &ladder), 0);
    return ladder;
}

static int step_to_the_end(struct fx_ladder_state *state) {
    int result;
    while ((result = fx_ladder_step(state)) == -EINPROGRESS) {
        struct pollfd polled = {.fd = fx_ladder_interest(state), .events = POLLIN};
        (void)poll(&polled, 1, fx_ladder_timeout(state));
    }
    assert_int_equal(fx_ladder_step(state), result);
    assert_int_equal(fx_ladder_interest(state), -1);
    assert_int_equal(fx_ladder_timeout(state), -1);
    return result;
}

static void end_all(struct family *families, size_t count) {
    for (size_t i = 0; i < count; i++) {
        assert_all_killed(&families[i]);
        assert_int_equal(finish(&families[i].child).signal, SIGKILL);
    }
}

/* One leads the group that others are in; one is in none of theirs. */
static void several_children(void **state) {
    (void)state;
    fx_command attributes = {.process_group = FX_NUMBER(0)};
    struct family families[3] = {FAMILY(attributes, 2, "ignore", "fork")};
    attributes.process_group.value = families[0].child.pid;
    families[1] = FAMILY(attributes, 2, "ignore", "fork");
    attributes.process_group.set = false;
    families[2] = FAMILY(attributes, 1, "ignore");
    fx_child *children[] = {&families[1].child, &families[0].child, &families[2].child};

    struct fx_ladder_state ladder_state;
    const fx_ladder ladder = ladder_of(FX_SCOPE_GROUP);
    fx_ladder_begin(&ladder_state, children, 3, &ladder);
    assert_int_equal(fx_ladder_timeout(&ladder_state), 0);
    assert_int_equal(fx_ladder_step(&ladder_state), -EINPROGRESS);
    assert_int_equal(ladder_state.stopped_by, SIGTERM);
    /* Nothing has happened, and the grace has no end. */
    assert_int_equal(fx_ladder_step(&ladder_state), -EINPROGRESS);
    assert_int_equal(ladder_state.stopped_by, SIGTERM);

    fx_ladder_last(&ladder_state);
    assert_int_equal(fx_ladder_timeout(&ladder_state), 0);
    assert_int_equal(step_to_the_end(&ladder_state), 0);
    assert_int_equal(ladder_state.stopped_by, SIGKILL);
    assert_int_equal(ladder_state.code, 0);
    fx_ladder_end(&ladder_state);
    end_all(families, 3);
}

static void the_last_rung_at_once(void **state) {
    (void)state;
    struct family family = FAMILY((fx_command){.new_session = false}, 1, NULL);
    fx_child *children[] = {&family.child};
    struct fx_ladder_state ladder_state;
    const fx_ladder ladder = ladder_of(FX_SCOPE_PROCESS);
    fx_ladder_begin(&ladder_state, children, 1, &ladder);
    fx_ladder_last(&ladder_state);
    assert_int_equal(step_to_the_end(&ladder_state), 0);
    fx_ladder_last(&ladder_state);
    assert_int_equal(step_to_the_end(&ladder_state), 0);
    fx_ladder_end(&ladder_state);
    end_all(&family, 1);
}

static void the_default_is_read(void **state) {
    (void)state;
    const fx_ladder empty = {.size = 0, .rung_count = 77};
    const fx_ladder *given[] = {NULL, &empty};
    for (size_t i = 0; i < 2; i++) {
        fx_ladder ladder;
        assert_int_equal(fx_ladder_read(given[i], &ladder), 0);
        assert_int_equal(ladder.scope.kind, FX_SCOPE_PROCESS);
        assert_int_equal(ladder.rung_count, 2);
        assert_int_equal(ladder.rungs[0].signal, SIGTERM);
        assert_int_equal(ladder.rungs[0].grace, 5000);
        assert_int_equal(ladder.rungs[1].signal, SIGKILL);
        assert_int_equal(ladder.rungs[1].grace, 5000);
    }
}

/* What cannot be listed, as no descriptor is left, is kept; the children are signalled. */
static void a_scope_out_of_reach_is_said(void **state) {
    (void)state;
    const fx_ladder given = {.size = sizeof given, .scope = {.kind = FX_SCOPE_DESCENDANTS}};
    fx_ladder ladder;
    if (fx_ladder_read(&given, &ladder) == -ENOTSUP)
        return;
    struct family family = FAMILY((fx_command){.new_session = false}, 1, NULL);
    fx_child *children[] = {&family.child};
    struct fx_ladder_state ladder_state;
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &(struct rlimit){3, limit.rlim_max}), 0);
    fx_ladder_begin(&ladder_state, children, 1, &ladder);
    int result = step_to_the_end(&ladder_state);
    fx_ladder_end(&ladder_state);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_int_equal(result, 0);
    assert_int_equal(ladder_state.code, -EMFILE);
    assert_int_equal(ladder_state.stopped_by, SIGTERM);
    assert_all_killed(&family);
    assert_int_equal(finish(&family.child).signal, SIGTERM);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(several_children),
        cmocka_unit_test(the_last_rung_at_once),
        cmocka_unit_test(the_default_is_read),
        cmocka_unit_test(a_scope_out_of_reach_is_said),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
