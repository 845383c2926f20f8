/* SPDX-License-Identifier: MIT
 *
 * Signal mask, handlers and ignored signals of the child.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "state.h"
#include "support.h"

static void handle(int number) { (void)number; }

static void nothing_is_blocked_or_caught(void **state) {
    (void)state;
    fx_command command = command_of(NULL);
    char *report = see(&command);
    assert_saw(report, "blocked");
    assert_saw(report, "caught");
    free(report);
}

static void the_mask_is_that_of_the_calling_thread(void **state) {
    (void)state;
    sigset_t mask, before;
    (void)sigemptyset(&mask);
    (void)sigaddset(&mask, SIGUSR1);
    (void)sigaddset(&mask, SIGTERM);
    assert_int_equal(pthread_sigmask(SIG_SETMASK, &mask, &before), 0);
    fx_command command = command_of(NULL);
    char *report = see(&command);
    assert_int_equal(pthread_sigmask(SIG_SETMASK, &before, NULL), 0);
    assert_saw(report, "blocked %d %d", SIGUSR1 < SIGTERM ? SIGUSR1 : SIGTERM,
               SIGUSR1 < SIGTERM ? SIGTERM : SIGUSR1);
    free(report);
}

/* gotcha 8: every one, the real-time ones too */
static void handlers_are_gone(void **state) {
    (void)state;
    static struct sigaction before[NSIG];
    handle_all(handle, before);
    fx_command command = command_of(NULL);
    char *report = see(&command);
    restore_all(before);
    assert_saw(report, "caught");
    assert_saw(report, "ignored");
    free(report);
}

static char *see_ignoring(fx_command *command, int number) {
    void (*before)(int) = signal(number, SIG_IGN);
    char *report = see(command);
    (void)signal(number, before);
    return report;
}

/* gotcha 8: CLONE_CLEAR_SIGHAND keeps what is ignored; so does every other mechanism */
static void ignored_ones_stay_ignored(void **state) {
    (void)state;
    fx_command command = command_of(NULL);
    char *report = see_ignoring(&command, SIGHUP);
    assert_saw(report, "ignored %d", SIGHUP);
    free(report);
}

static void those_of_language_runtimes_are_restored(void **state) {
    (void)state;
    static const int restored[] = {SIGPIPE, SIGXFSZ};
    for (size_t i = 0; i < 2; i++) {
        fx_command command = command_of(NULL);
        char *report = see_ignoring(&command, restored[i]);
        assert_saw(report, "ignored");
        free(report);
        command.keep_ignored_signals = true;
        report = see_ignoring(&command, restored[i]);
        assert_saw(report, "ignored %d", restored[i]);
        free(report);
    }
}

/* gotcha 17: an ignored SIGCHLD is inherited like any other, and loses the exit status */
static void ignored_sigchld_is_said(void **state) {
    (void)state;
    void (*before)(int) = signal(SIGCHLD, SIG_IGN);
    fx_command command = command_of(ARGV("act", "exit", "3"));
    fx_child child = start(&command);
    fx_exit end = {.size = sizeof end, .code = 77};
    assert_int_equal(fx_wait(&child, -1, 0, &end), -ECHILD);
    assert_int_equal(end.code, 77);
    assert_int_equal(fx_wait(&child, 1000, 0, &end), -ECHILD);
    fx_child_close(&child);
    (void)signal(SIGCHLD, before);
}

/* And a child that fails is told all the same. */
static void failures_are_told_with_ignored_sigchld(void **state) {
    (void)state;
    void (*before)(int) = signal(SIGCHLD, SIG_IGN);
    fx_command command = command_of(ARGV("act"));
    command.program = "/nonexistent/program";
    (void)assert_fails(&command, ENOENT, FX_STEP_EXEC, "\"/nonexistent/program\"");
    (void)signal(SIGCHLD, before);
}

/* gotcha 15: what is pending when the child is made is the parent's, and stays so */
static void a_pending_signal_is_not_the_childs(void **state) {
    (void)state;
    sigset_t mask, before, pending;
    (void)sigemptyset(&mask);
    (void)sigaddset(&mask, SIGUSR1);
    assert_int_equal(pthread_sigmask(SIG_BLOCK, &mask, &before), 0);
    assert_int_equal(pthread_kill(pthread_self(), SIGUSR1), 0);
    fx_command command = command_of(ARGV("act", "exit", "4"));
    assert_exits(&command, 4);
    assert_int_equal(sigpending(&pending), 0);
    assert_int_equal(sigismember(&pending, SIGUSR1), 1);
    void (*handler)(int) = signal(SIGUSR1, SIG_IGN);
    (void)signal(SIGUSR1, handler);
    assert_int_equal(pthread_sigmask(SIG_SETMASK, &before, NULL), 0);
}

static volatile sig_atomic_t handled_by_child;
static pid_t parent_pid;

static void note_who(int number) {
    (void)number;
    if (getpid() != parent_pid)
        handled_by_child = 1;
}

/*
 * gotcha 15, 16: a signal sent to the whole group while children are being made never runs a
 * handler of the parent's in a child, where it would write to the parent's memory. SIGURG does
 * nothing by default, so that the programs live.
 */
static void handlers_never_run_in_a_child(void **state) {
    enum { ROUNDS = 300 };
    (void)state;
    pid_t group = getpgrp();
    parent_pid = getpid();
    if (group != parent_pid)
        assert_int_equal(setpgid(0, 0), 0);
    void (*before)(int) = signal(SIGURG, note_who);
    fx_command command = command_of(ARGV("act"));
    command.program = "/bin/sh";
    command.argv = ARGV("sh", "-c", "while kill -s URG 0; do :; done");
    fx_child noise = start(&command);
    command = command_of(ARGV("act", "exit", "5"));
    for (int i = 0; i < ROUNDS; i++) {
        fx_child child = start(&command);
        assert_int_equal(finish(&child).code, 5);
    }
    assert_int_equal(fx_signal(&noise, SIGKILL), 0);
    (void)finish(&noise);
    assert_false(handled_by_child);
    (void)signal(SIGURG, before);
    if (group != parent_pid)
        assert_int_equal(setpgid(0, group), 0);
}

int main(void) {
    signals_to_default();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_blocked_or_caught),
        cmocka_unit_test(the_mask_is_that_of_the_calling_thread),
        cmocka_unit_test(handlers_are_gone),
        cmocka_unit_test(ignored_ones_stay_ignored),
        cmocka_unit_test(those_of_language_runtimes_are_restored),
        cmocka_unit_test(ignored_sigchld_is_said),
        cmocka_unit_test(failures_are_told_with_ignored_sigchld),
        cmocka_unit_test(a_pending_signal_is_not_the_childs),
        cmocka_unit_test(handlers_never_run_in_a_child),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
