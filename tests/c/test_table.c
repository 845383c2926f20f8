/* SPDX-License-Identifier: MIT
 *
 * The table of steps: every kind has all that a kind must have, and plans follow it.
 */
#include <unistd.h>

#include "child/child.h"
#include "plan/plan.h"
#include "support.h"

static bool is_childs(fx_step kind) { return kind > FX_STEP_CLONE; }

static void every_row_is_whole(void **state) {
    (void)state;
    for (int kind = 0; kind < FX_STEP_COUNT; kind++) {
        const struct fx_step_row *row = &fx_step_table[kind];
        assert_non_null(row->name);
        assert_non_null(row->key);
        assert_non_null(row->family);
        assert_non_null(row->print);
        assert_string_equal(fx_step_name((fx_step)kind), row->name);
    }
}

static void what_has_a_place_has_a_function(void **state) {
    (void)state;
    for (int kind = 0; kind < FX_STEP_COUNT; kind++) {
        assert_int_equal(fx_step_table[kind].place[0] != 0, is_childs((fx_step)kind));
        assert_int_equal(fx_step_table[kind].place[1] != 0, is_childs((fx_step)kind));
        assert_int_equal(fx_child_steps[kind] != NULL, is_childs((fx_step)kind));
    }
}

static int do_nothing(void *argument) {
    (void)argument;
    return 0;
}

/* Everything at once, as far as the fields do not exclude each other. */
static fx_command rich(fx_order order) {
    static char name[] = "act";
    static char *argv[] = {name, NULL};
    static const int closed[] = {0};
    static const fx_map map[] = {{5, 1}};
    static const gid_t groups[] = {7};
    fx_command command = {
        .size = sizeof command,
        .argv = argv,
        .directory = "/",
        .directory_when = order == FX_ORDER_CPYTHON ? FX_DIRECTORY_FIRST : FX_DIRECTORY_LAST,
        .close = closed,
        .close_count = 1,
        .map = map,
        .map_count = 1,
        .new_session = order == FX_ORDER_CPYTHON,
        .process_group = FX_NUMBER(0),
        .user = FX_ID(1),
        .group = FX_ID(1),
        .groups = {true, 1, groups},
        .umask = FX_NUMBER(022),
        .order = order,
    };
    return command;
}

static void assert_ordered(const fx_plan *plan, fx_order order) {
    for (size_t i = 1; i < plan->step_count; i++)
        assert_true(fx_step_table[plan->steps[i - 1].kind].place[order] <=
                    fx_step_table[plan->steps[i].kind].place[order]);
}

static void a_plan_follows_the_places(void **state) {
    (void)state;
    for (int order = FX_ORDER_STANDARD; order <= FX_ORDER_CPYTHON; order++) {
        fx_command command = rich((fx_order)order);
        fx_plan *plan;
        assert_int_equal(fx_compile(&command, &plan, NULL), 0);
        assert_ordered(plan, (fx_order)order);
        /* The mask is restored last: from then on the child can be stopped. */
        assert_int_equal(plan->steps[plan->step_count - 1].kind, FX_STEP_EXEC);
        assert_int_equal(plan->steps[plan->step_count - 2].kind, FX_STEP_SIGNAL_MASK);
        fx_plan_free(plan);
    }
}

static void a_callback_has_the_mask_before_it_and_the_closing_after_it(void **state) {
    (void)state;
    for (int order = FX_ORDER_STANDARD; order <= FX_ORDER_CPYTHON; order++) {
        fx_command command = rich((fx_order)order);
        command.callback.function = do_nothing;
        fx_plan *plan;
        assert_int_equal(fx_compile(&command, &plan, NULL), 0);
        size_t at = 0;
        while (plan->steps[at].kind != FX_STEP_CALLBACK)
            at++;
        assert_int_equal(plan->steps[at - 1].kind, FX_STEP_SIGNAL_MASK);
        assert_int_equal(plan->steps[at + 1].kind, FX_STEP_CLOSE_OTHERS);
        assert_int_equal(plan->steps[at + 2].kind, FX_STEP_EXEC);
        fx_plan_free(plan);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_whole),
        cmocka_unit_test(what_has_a_place_has_a_function),
        cmocka_unit_test(a_plan_follows_the_places),
        cmocka_unit_test(a_callback_has_the_mask_before_it_and_the_closing_after_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
