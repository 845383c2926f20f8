/* SPDX-License-Identifier: MIT
 *
 * Session, process group, umask.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"

static void both_are_inherited(void **state) {
    (void)state;
    fx_command command = command_of(NULL);
    char *report = see(&command);
    assert_saw(report, "session %d", (int)getsid(0));
    assert_saw(report, "process-group %d", (int)getpgrp());
    assert_saw(report, "parent %d", (int)getpid());
    free(report);
}

static void a_new_session_has_a_new_group(void **state) {
    (void)state;
    fx_command command = command_of(NULL);
    command.new_session = true;
    char *report = see(&command);
    long long pid = seen_number(report, "pid", 0);
    assert_saw(report, "session %lld", pid);
    assert_saw(report, "process-group %lld", pid);
    free(report);
}

static void a_new_group_stays_in_the_session(void **state) {
    (void)state;
    fx_command command = command_of(NULL);
    command.process_group = (fx_number)FX_NUMBER(0);
    char *report = see(&command);
    assert_saw(report, "session %d", (int)getsid(0));
    assert_saw(report, "process-group %lld", seen_number(report, "pid", 0));
    free(report);
}

static void a_group_is_joined(void **state) {
    (void)state;
    fx_command leader = command_of(ARGV("act", "hold"));
    leader.stdio[0].kind = FX_STDIO_PIPE;
    leader.process_group = (fx_number)FX_NUMBER(0);
    fx_child child = start(&leader);
    fx_command command = command_of(NULL);
    command.process_group = (fx_number)FX_NUMBER(child.pid);
    char *report = see(&command);
    assert_saw(report, "process-group %d", (int)child.pid);
    free(report);
    (void)close(child.stdio[0]);
    child.stdio[0] = -1;
    (void)finish(&child);
}

static void a_missing_group_is_refused(void **state) {
    (void)state;
    fx_command command = command_of(ARGV("act", "exit", "0"));
    /* pid 1 leads a group of another session, if any. */
    command.process_group = (fx_number)FX_NUMBER(1);
    fx_error error = assert_fails(&command, EPERM, FX_STEP_SETPGID, "0, 1");
    assert_message(&error, "setpgid(0, 1): Operation not permitted");
}

/* gotcha 35: what CPython's order leaves to the kernel, the kernel refuses */
static void a_session_leader_gets_no_new_group(void **state) {
    (void)state;
    fx_command command = command_of(ARGV("act", "exit", "0"));
    command.order = FX_ORDER_CPYTHON;
    command.new_session = true;
    command.process_group = (fx_number)FX_NUMBER(0);
    (void)assert_fails(&command, EPERM, FX_STEP_SETPGID, "0, 0");
}

static void umask_is_inherited_and_set(void **state) {
    (void)state;
    mode_t before = umask(027);
    fx_command command = command_of(NULL);
    char *report = see(&command);
    assert_saw(report, "umask 027");
    free(report);
    command.umask = (fx_number)FX_NUMBER(0);
    report = see(&command);
    assert_saw(report, "umask 00");
    free(report);
    command.umask = (fx_number)FX_NUMBER(0777);
    report = see(&command);
    assert_saw(report, "umask 0777");
    free(report);
    assert_int_equal(umask(before), 027);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_are_inherited),
        cmocka_unit_test(a_new_session_has_a_new_group),
        cmocka_unit_test(a_new_group_stays_in_the_session),
        cmocka_unit_test(a_group_is_joined),
        cmocka_unit_test(a_missing_group_is_refused),
        cmocka_unit_test(a_session_leader_gets_no_new_group),
        cmocka_unit_test(umask_is_inherited_and_set),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
