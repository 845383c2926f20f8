/* SPDX-License-Identifier: MIT
 *
 * Signals to a child, and to nobody else.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "support.h"

static fx_child start_holding(int without_pidfd) {
    fx_command command = command_of(ARGV("act", "hold"));
    command.without_pidfd = without_pidfd;
    command.stdio[0].kind = FX_STDIO_PIPE;
    return start(&command);
}

static void a_signal_arrives(void **state) {
    (void)state;
    for (int pid = 0; pid < 2; pid++) {
        fx_child child = start_holding(pid);
        assert_int_equal(fx_signal(&child, 0), 0);
        assert_int_equal(fx_signal(&child, SIGTERM), 0);
        assert_int_equal(finish(&child).signal, SIGTERM);
    }
}

static void a_nonsensical_signal_is_refused(void **state) {
    (void)state;
    for (int pid = 0; pid < 2; pid++) {
        fx_child child = start_holding(pid);
        assert_int_equal(fx_signal(&child, -1), -EINVAL);
        assert_int_equal(fx_signal(&child, 1000), -EINVAL);
        assert_int_equal(fx_signal(&child, SIGKILL), 0);
        (void)finish(&child);
    }
}

/* gotcha 45: after the reaping the number may be another's */
static void a_reaped_child_gets_no_signal(void **state) {
    (void)state;
    for (int pid = 0; pid < 2; pid++) {
        fx_child child = start_holding(pid);
        assert_int_equal(fx_signal(&child, SIGKILL), 0);
        assert_int_equal(fx_wait(&child, -1, FX_WAIT_NO_REAP, NULL), 0);
        /* Ended, but not reaped: the number is still its own. */
        assert_int_equal(fx_signal(&child, SIGKILL), 0);
        assert_int_equal(fx_wait(&child, -1, 0, NULL), 0);
        assert_int_equal(fx_signal(&child, SIGKILL), -ESRCH);
        assert_int_equal(fx_signal(&child, 0), -ESRCH);
        fx_child_close(&child);
        assert_int_equal(fx_signal(&child, 0), -ESRCH);
    }
}

/* gotcha 45: through the pidfd that holds even where others do the reaping */
static void a_child_reaped_by_others_gets_no_signal(void **state) {
    (void)state;
    fx_child child = start_holding(0);
    assert_int_equal(fx_signal(&child, SIGKILL), 0);
    assert_int_equal(waitpid(child.pid, NULL, 0), child.pid);
    assert_int_equal(fx_signal(&child, SIGKILL), -ESRCH);
    fx_child_close(&child);
}

static void an_empty_handle_is_nobody(void **state) {
    (void)state;
    fx_child empty = {.size = sizeof empty};
    assert_int_equal(fx_signal(&empty, 0), -ESRCH);
    assert_int_equal(fx_signal(NULL, 0), -ESRCH);
    /* A pid of 0 or below would mean whole groups. */
    empty.pid = -1;
    empty.pidfd = -1;
    assert_int_equal(fx_signal(&empty, 0), -ESRCH);
}

static void a_child_of_another_user_is_not_permitted(void **state) {
    (void)state;
#ifdef __linux__
    if (geteuid() != 0)
        return;
    int dumpable = prctl(PR_GET_DUMPABLE);
    for (int pid = 0; pid < 2; pid++) {
        fx_child child = start_holding(pid);
        assert_int_equal(setresuid(65534, 65534, 0), 0);
        int result = fx_signal(&child, SIGTERM);
        assert_int_equal(setresuid(0, 0, 0), 0);
        assert_int_equal(result, -EPERM);
        assert_int_equal(close(child.stdio[0]), 0);
        child.stdio[0] = -1;
        assert_int_equal(finish(&child).code, 0);
    }
    assert_int_equal(prctl(PR_SET_DUMPABLE, dumpable), 0);
#endif
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signal_arrives),
        cmocka_unit_test(a_nonsensical_signal_is_refused),
        cmocka_unit_test(a_reaped_child_gets_no_signal),
        cmocka_unit_test(a_child_reaped_by_others_gets_no_signal),
        cmocka_unit_test(an_empty_handle_is_nobody),
        cmocka_unit_test(a_child_of_another_user_is_not_permitted),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
