/* SPDX-License-Identifier: MIT
 *
 * dumpable: exec sets it anew, so that a callback has to look, which runs just before.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "looking.h"

enum { NOBODY = 65534 };

/* Ends the child, with what it is. */
static int tell_dumpable(void *argument) {
    (void)argument;
    _exit(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0));
}

static void assert_is(fx_command *command, int expected) {
    fx_mechanism asked = command->mechanism;
    command->mechanism = callback_mechanism();
    command->callback.function = tell_dumpable;
    assert_exits(command, expected);
    command->callback.function = NULL;
    command->mechanism = asked;
}

static void it_is_set_until_exec(void **state) {
    (void)state;
    fx_command command = idle_command_of_its_own();
    command.dumpable = (fx_number)FX_NUMBER(0);
    if (is_lacking(&command, "dumpable"))
        return;
    assert_is(&command, 0);
    char *said = LOOK(&command, "dumpable");
    assert_saw(said, "dumpable 1");
    free(said);
}

/* A new user, whom the kernel makes undumpable until exec, can be dumpable all the same. */
static void it_comes_after_the_identity(void **state) {
    (void)state;
    fx_command command = idle_command_of_its_own();
    if (!is_superuser() || !is_offered("dumpable"))
        return;
    command.user = (fx_id)FX_ID(NOBODY);
    command.groups.set = true;
    for (int order = FX_ORDER_STANDARD; order <= FX_ORDER_CPYTHON; order++) {
        command.order = (fx_order)order;
        command.dumpable.set = false;
        assert_is(&command, 0);
        command.dumpable = (fx_number)FX_NUMBER(1);
        assert_is(&command, 1);
    }
}

/* It belongs to the memory map, which would be the parent's. */
static void it_never_shares_memory(void **state) {
    (void)state;
    fx_command command = idle_command();
    if (!is_offered("dumpable"))
        return;
    command.mechanism = FX_MECHANISM_AUTO;
    command.dumpable = (fx_number)FX_NUMBER(0);
    fx_child child = start(&command);
    assert_int_equal(child.reason, FX_REASON_MEMORY);
    (void)finish(&child);
    for (int forced = FX_MECHANISM_CLONE3; forced < FX_MECHANISM_FORK; forced++) {
        command.mechanism = (fx_mechanism)forced;
        (void)assert_fails(&command, ENOTSUP, FX_STEP_COMMAND, "mechanism");
    }
}

static void other_values_are_refused(void **state) {
    (void)state;
    fx_command command = idle_command_of_its_own();
    command.dumpable = (fx_number)FX_NUMBER(2);
    fx_error error = assert_fails(&command, EINVAL, FX_STEP_COMMAND, "dumpable");
    assert_message(&error, "dumpable: 2 is neither 0 nor 1");
    command.dumpable = (fx_number)FX_NUMBER(-1);
    (void)assert_fails(&command, EINVAL, FX_STEP_COMMAND, "dumpable");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_set_until_exec),
        cmocka_unit_test(it_comes_after_the_identity),
        cmocka_unit_test(it_never_shares_memory),
        cmocka_unit_test(other_values_are_refused),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
