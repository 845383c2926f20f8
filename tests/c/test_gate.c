/* SPDX-License-Identifier: MIT
 *
 * A child that waits just before its exec, and one that is traced from there on.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#endif

#include "support.h"

static fx_command gated(char *const argv[], int gate) {
    fx_command command = command_of(argv);
    command.mechanism = forking_mechanism();
    command.gate = (fx_number)FX_NUMBER(gate);
    return command;
}

static void assert_waits(fx_child *child) {
    assert_int_equal(fx_wait(child, 0, 0, NULL), -ETIMEDOUT);
}

static void it_opens_when_it_is_closed(void **state) {
    (void)state;
    int ends[2];
    new_pipe(ends);
    /* Neither end is open in the program. */
    fx_command command = gated(ARGV("act", "count"), ends[0]);
    fx_child child = start(&command);
    if (tested_mechanism() == FX_MECHANISM_AUTO)
        assert_int_equal(child.mechanism == FX_MECHANISM_FORK, child.reason == FX_REASON_PARENT);
    (void)close(ends[0]);
    assert_waits(&child);
    (void)close(ends[1]);
    assert_int_equal(finish(&child).code, 0);
}

/* What is written there is no reason to go; nor is an empty pipe whose reads do not wait. */
static void only_the_end_opens_it(void **state) {
    (void)state;
    int ends[2];
    new_pipe(ends);
    assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
    assert_int_equal(write(ends[1], "x", 1), 1);
    fx_command command = gated(ARGV("act", "exit", "5"), ends[0]);
    fx_child child = start(&command);
    assert_int_equal(write(ends[1], "x", 1), 1);
    assert_waits(&child);
    (void)close(ends[1]);
    assert_int_equal(finish(&child).code, 5);
    (void)close(ends[0]);
}

static void it_may_be_open_already(void **state) {
    (void)state;
    fx_command command = gated(ARGV("act", "exit", "6"), -1);
    int gate = open("/dev/null", O_RDONLY | O_CLOEXEC);
    command.gate.value = gate;
    assert_exits(&command, 6);
    (void)close(gate);
}

/* With all descriptors inherited the child has a copy of the other end, but for `close`. */
static void the_other_end_can_be_closed(void **state) {
    (void)state;
    int ends[2];
    new_pipe(ends);
    fx_command command = gated(ARGV("act", "exit", "5"), ends[0]);
    command.inherit_others = true;
    command.close = &ends[1];
    command.close_count = 1;
    fx_child child = start(&command);
    assert_waits(&child);
    (void)close(ends[1]);
    assert_int_equal(finish(&child).code, 5);
    (void)close(ends[0]);
}

static void a_waiting_child_can_be_killed(void **state) {
    (void)state;
    int ends[2];
    new_pipe(ends);
    fx_command command = gated(ARGV("act", "exit", "5"), ends[0]);
    fx_child child = start(&command);
    assert_int_equal(fx_signal(&child, SIGKILL), 0);
    assert_int_equal(finish(&child).signal, SIGKILL);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

static int status_behind_gate(const char *program) {
    int ends[2];
    new_pipe(ends);
    fx_command command = gated(ARGV("act", "exit", "5"), ends[0]);
    command.program = program;
    fx_child child = start(&command);
    (void)close(ends[0]);
    (void)close(ends[1]);
    return finish(&child).code;
}

static void failures_behind_it_are_statuses(void **state) {
    (void)state;
    assert_int_equal(status_behind_gate("/nonexistent/program"), 127);
    assert_int_equal(status_behind_gate("/dev/null/program"), 127);
    assert_int_equal(status_behind_gate(scratch_file("gated", 0644, "")), 126);
}

static void failures_before_it_are_told(void **state) {
    (void)state;
    int ends[2];
    new_pipe(ends);
    fx_command command = gated(ARGV("act", "exit", "5"), ends[0]);
    command.directory = "/nonexistent";
    fx_error error = assert_fails(&command, ENOENT, FX_STEP_CHDIR, "\"/nonexistent\"");
    assert_int_equal(error.cause, FX_CAUSE_DIRECTORY);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

static void refuse(const fx_command *command, int code, const char *why) {
    char message[96];
    (void)snprintf(message, sizeof message, "gate: descriptor %d is %s", command->gate.value, why);
    fx_error error = assert_fails(command, code, FX_STEP_COMMAND, "gate");
    assert_message(&error, message);
}

static void it_must_be_readable(void **state) {
    (void)state;
    int ends[2];
    new_pipe(ends);
    fx_command command = gated(ARGV("act", "exit", "5"), ends[1]);
    refuse(&command, EBADF, "not open for reading");
    (void)close(ends[0]);
    (void)close(ends[1]);
    refuse(&command, EBADF, "not open");
    command.gate.value = open("/", O_RDONLY | O_CLOEXEC);
    refuse(&command, EISDIR, "a directory");
    (void)close(command.gate.value);
}

/* The parent has to act while the child waits, which it cannot on shared memory. */
static void it_takes_memory_of_its_own(void **state) {
    (void)state;
    int ends[2];
    new_pipe(ends);
    fx_command command = gated(ARGV("act", "exit", "5"), ends[0]);
    command.mechanism = FX_MECHANISM_CLONE;
    (void)assert_fails(&command, ENOTSUP, FX_STEP_COMMAND, "mechanism");
    (void)close(ends[0]);
    (void)close(ends[1]);
}

/* ---- traced ---- */

/* Whether the system has it; if not, it says so. */
static bool can_be_traced(const fx_command *command) {
    fx_plan *plan;
    fx_error error = {.size = sizeof error};
    if (fx_compile(command, &plan, &error) == 0) {
        fx_plan_free(plan);
        return true;
    }
    assert_int_equal(error.code, -ENOTSUP);
    assert_message(&error, "traced: this system cannot do it: it needs PTRACE_TRACEME, of Linux");
    return false;
}

static void a_traced_program_stops_at_its_exec(void **state) {
    (void)state;
    fx_command command = command_of(ARGV("act", "exit", "3"));
    command.traced = true;
    if (!can_be_traced(&command))
        skip();
#ifdef __linux__
    int status;
    fx_child child = start(&command);
    assert_int_equal(waitpid(child.pid, &status, 0), child.pid);
    assert_true(WIFSTOPPED(status));
    assert_int_equal(WSTOPSIG(status), SIGTRAP);
    assert_int_equal(ptrace(PTRACE_DETACH, child.pid, NULL, NULL), 0);
    assert_int_equal(finish(&child).code, 3);
#endif
}

static void a_failed_traced_child_is_told_and_reaped(void **state) {
    (void)state;
    fx_command command = command_of(ARGV("act", "exit", "3"));
    command.traced = true;
    if (!can_be_traced(&command))
        skip();
    command.program = "/nonexistent/program";
    (void)assert_fails(&command, ENOENT, FX_STEP_EXEC, "\"/nonexistent/program\"");
}

#ifdef __linux__
/* What a container's filter does. */
static int refuse_tracing(void) {
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ptrace, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog program = {.len = sizeof filter / sizeof filter[0], .filter = filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
        return -1;
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

static int fail_to_trace(const fx_command *command) {
    fx_child child = {.size = sizeof child};
    fx_error error = {.size = sizeof error};
    char text[FX_MESSAGE_MAX];
    if (refuse_tracing() < 0)
        return 1;
    if (fx_spawn(command, &child, &error) != -EPERM || error.step != FX_STEP_TRACED)
        return 2;
    (void)fx_error_message(&error, text, sizeof text);
    return strcmp(text, "ptrace(): Operation not permitted") == 0 ? 0 : 3;
}
#endif

static void a_refusal_is_told(void **state) {
    (void)state;
    fx_command command = command_of(ARGV("act", "exit", "3"));
    command.traced = true;
    if (!can_be_traced(&command))
        skip();
#ifdef __linux__
    int status;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(fail_to_trace(&command));
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
#endif
}

/* Whoever makes a child is its tracer. */
int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_opens_when_it_is_closed),
        cmocka_unit_test(only_the_end_opens_it),
        cmocka_unit_test(it_may_be_open_already),
        cmocka_unit_test(the_other_end_can_be_closed),
        cmocka_unit_test(a_waiting_child_can_be_killed),
        cmocka_unit_test(failures_behind_it_are_statuses),
        cmocka_unit_test(failures_before_it_are_told),
        cmocka_unit_test(it_must_be_readable),
        cmocka_unit_test(it_takes_memory_of_its_own),
        cmocka_unit_test(a_traced_program_stops_at_its_exec),
        cmocka_unit_test(a_failed_traced_child_is_told_and_reaped),
        cmocka_unit_test(a_refusal_is_told),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
