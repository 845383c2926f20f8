/* SPDX-License-Identifier: MIT
 *
 * Code of the caller's in the child.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"

static fx_command with(int (*function)(void *), void *argument) {
    fx_command command = command_of(NULL);
    command.mechanism = callback_mechanism();
    command.callback = (fx_callback){.function = function, .argument = argument};
    return command;
}

static int change_umask(void *argument) {
    (void)umask(*(const mode_t *)argument);
    return 0;
}

static void it_runs_in_the_child(void **state) {
    (void)state;
    mode_t mask = 0357;
    fx_command command = with(change_umask, &mask);
    char *report = see(&command);
    assert_saw(report, "umask 0357");
    free(report);
}

static void it_forces_a_fork(void **state) {
    (void)state;
    mode_t mask = 022;
    fx_command command = with(change_umask, &mask);
    fx_reason reason;
    fx_plan *plan;
    command.argv = ARGV("act", "exit", "0");
    command.program = program_path("act");
    assert_int_equal(fx_compile(&command, &plan, NULL), 0);
    assert_int_equal(fx_plan_mechanism(plan, &reason), FX_MECHANISM_FORK);
    assert_int_equal(reason, FX_REASON_CALLBACK);
    fx_plan_free(plan);
    for (int forced = FX_MECHANISM_CLONE3; forced < FX_MECHANISM_FORK; forced++) {
        command.mechanism = (fx_mechanism)forced;
        (void)assert_fails(&command, ENOTSUP, FX_STEP_COMMAND, "mechanism");
    }
}

static int fail_as_told(void *argument) { return *(const int *)argument; }

static void its_result_is_an_errno(void **state) {
    (void)state;
    static const struct {
        int result, code;
    } cases[] = {{EDOM, EDOM}, {-EDOM, EDOM}, {1, EPERM}, {-EIO, EIO}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int result = cases[i].result;
        fx_command command = with(fail_as_told, &result);
        command.argv = ARGV("act", "exit", "0");
        command.program = program_path("act");
        (void)assert_fails(&command, cases[i].code, FX_STEP_CALLBACK, NULL);
    }
}

/* What it opened or found open is closed after it, and it can use the parent's numbers. */
static int open_and_use(void *argument) {
    const int *fd = argument;
    if (write(*fd, "used", 4) != 4 || open("/", O_RDONLY) < 0)
        return errno;
    return 0;
}

static void others_are_closed_after_it(void **state) {
    (void)state;
    int ends[2];
    new_pipe(ends);
    for (int order = FX_ORDER_STANDARD; order <= FX_ORDER_CPYTHON; order++) {
        char text[8] = "";
        fx_command command = with(open_and_use, &ends[1]);
        command.order = (fx_order)order;
        char *report = see(&command);
        assert_saw(report, "descriptors 0 1 2");
        free(report);
        assert_int_equal(read(ends[0], text, sizeof text), 4);
        assert_string_equal(text, "used");
    }
    (void)close(ends[0]);
    (void)close(ends[1]);
}

static int check_mask(void *argument) {
    sigset_t mask;
    (void)sigprocmask(SIG_BLOCK, NULL, &mask);
    (void)argument;
    return sigismember(&mask, SIGUSR2) == 1 && sigismember(&mask, SIGTERM) == 0 ? 0 : EINVAL;
}

static void it_runs_with_the_programs_mask(void **state) {
    (void)state;
    sigset_t mask, before;
    (void)sigemptyset(&mask);
    (void)sigaddset(&mask, SIGUSR2);
    assert_int_equal(sigprocmask(SIG_SETMASK, &mask, &before), 0);
    fx_command command = with(check_mask, NULL);
    char *report = see(&command);
    assert_saw(report, "blocked %d", SIGUSR2);
    free(report);
    assert_int_equal(sigprocmask(SIG_SETMASK, &before, NULL), 0);
}

static int note_user(void *argument) {
    uid_t user = getuid();
    return write(*(const int *)argument, &user, sizeof user) == sizeof user ? 0 : errno;
}

static void it_runs_as_the_new_user(void **state) {
    (void)state;
    int ends[2];
    uid_t user = 1, wanted = geteuid() == 0 ? 54321 : getuid();
    new_pipe(ends);
    fx_command command = with(note_user, &ends[1]);
    command.user = (fx_id)FX_ID(wanted);
    command.order = FX_ORDER_CPYTHON;
    free(see(&command));
    assert_int_equal(read(ends[0], &user, sizeof user), sizeof user);
    assert_int_equal(user, wanted);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

static int die(void *argument) {
    (void)argument;
    (void)raise(SIGKILL);
    return 0;
}

static int leave(void *argument) {
    (void)argument;
    _exit(0);
}

/*
 * gotcha 20: silence is no success. A callback may close whatever it likes, so its own end is
 * seen as a start that ended: by its status.
 */
static void its_own_end_is_the_childs(void **state) {
    (void)state;
    fx_command command = with(die, NULL);
    command.argv = ARGV("act", "exit", "0");
    command.program = program_path("act");
    fx_child child = start(&command);
    assert_int_equal(finish(&child).signal, SIGKILL);
    command.callback.function = leave;
    child = start(&command);
    assert_int_equal(finish(&child).code, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_runs_in_the_child),
        cmocka_unit_test(it_forces_a_fork),
        cmocka_unit_test(its_result_is_an_errno),
        cmocka_unit_test(others_are_closed_after_it),
        cmocka_unit_test(it_runs_with_the_programs_mask),
        cmocka_unit_test(it_runs_as_the_new_user),
        cmocka_unit_test(its_own_end_is_the_childs),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
