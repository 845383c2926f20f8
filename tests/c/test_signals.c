/* SPDX-License-Identifier: MIT
 *
 * Signal mask, handlers and ignored signals of the child.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "state.h"
#include "support.h"

static void handle(int number) { (void)number; }

static void handle_all(void (*handler)(int), struct sigaction before[NSIG]) {
    for (int number = 1; number < NSIG; number++) {
        struct sigaction action = {.sa_handler = handler};
        (void)sigemptyset(&action.sa_mask);
        before[number].sa_handler = SIG_ERR;
        /* Not those that cannot be had, nor those of the test's own children and sanitizers. */
        if (number == SIGKILL || number == SIGSTOP || number == SIGCHLD || number == SIGSEGV)
            continue;
        if (sigaction(number, &action, &before[number]) < 0)
            before[number].sa_handler = SIG_ERR;
    }
}

static void restore_all(const struct sigaction before[NSIG]) {
    for (int number = 1; number < NSIG; number++)
        if (before[number].sa_handler != SIG_ERR)
            assert_int_equal(sigaction(number, &before[number], NULL), 0);
}

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

/* ---- what a command says of signals ---- */

#define SIGNALS(...)                                                                               \
    (fx_signals) {                                                                                 \
        .set = true, .count = sizeof((const int[]){__VA_ARGS__}) / sizeof(int),                    \
        .list = (const int[]) {                                                                    \
            __VA_ARGS__                                                                            \
        }                                                                                          \
    }

static void some_get_their_default_action(void **state) {
    (void)state;
    fx_command command = command_of(NULL);
    void (*before)(int) = signal(SIGUSR1, SIG_IGN);
    command.default_signals = SIGNALS(SIGHUP, SIGHUP, SIGKILL, SIGSTOP);
    char *report = see_ignoring(&command, SIGHUP);
    assert_saw(report, "ignored %d", SIGUSR1);
    free(report);
    (void)signal(SIGUSR1, before);
}

/* Even where the command leaves what the runtimes ignore. */
static void what_is_said_of_a_signal_stands(void **state) {
    (void)state;
    fx_command command = command_of(NULL);
    command.keep_ignored_signals = true;
    command.default_signals = SIGNALS(SIGPIPE);
    char *report = see_ignoring(&command, SIGPIPE);
    assert_saw(report, "ignored");
    free(report);
}

static void all_can_get_their_default_action(void **state) {
    (void)state;
    static struct sigaction before[NSIG];
    static int all[NSIG];
    size_t count = 0;
    for (int number = 1; number < NSIG; number++)
        if (sigaction(number, NULL, &before[number]) == 0)
            all[count++] = number;
    handle_all(SIG_IGN, before);
    fx_command command = command_of(NULL);
    command.default_signals = (fx_signals){.set = true, .count = count, .list = all};
    char *report = see(&command);
    restore_all(before);
    assert_saw(report, "ignored");
    free(report);
}

/* Those that are restored otherwise, too, and what the parent handles. */
static void some_are_ignored(void **state) {
    (void)state;
    void (*before)(int) = signal(SIGHUP, handle);
    fx_command command = command_of(NULL);
    command.ignored_signals = SIGNALS(SIGPIPE, SIGHUP, SIGHUP);
    char *report = see(&command);
    (void)signal(SIGHUP, before);
    assert_saw(report, "ignored %d %d", SIGHUP, SIGPIPE);
    assert_saw(report, "caught");
    free(report);
}

#ifdef SIGRTMIN
static void real_time_signals_are_signals(void **state) {
    (void)state;
    fx_command command = command_of(NULL);
    const int last = SIGRTMAX;
    command.ignored_signals = SIGNALS(last);
    command.block_signals = SIGNALS(last - 1);
    char *report = see(&command);
    /* Where NSIG counts only the older ones, the report has only these. */
    if (last < NSIG) {
        assert_saw(report, "ignored %d", last);
        assert_saw(report, "blocked %d", last - 1);
    }
    free(report);
}
#endif

static char *see_blocking(const fx_command *command, int number) {
    sigset_t mask, before;
    (void)sigemptyset(&mask);
    (void)sigaddset(&mask, number);
    assert_int_equal(pthread_sigmask(SIG_BLOCK, &mask, &before), 0);
    char *report = see(command);
    assert_int_equal(pthread_sigmask(SIG_SETMASK, &before, NULL), 0);
    return report;
}

static void the_mask_can_be_given(void **state) {
    (void)state;
    fx_command command = command_of(NULL);
    command.blocked_signals = SIGNALS(SIGTERM);
    char *report = see_blocking(&command, SIGHUP);
    assert_saw(report, "blocked %d", SIGTERM);
    free(report);
    command.blocked_signals = (fx_signals){.set = true};
    report = see_blocking(&command, SIGHUP);
    assert_saw(report, "blocked");
    free(report);
}

static void the_mask_can_be_edited(void **state) {
    (void)state;
    fx_command command = command_of(NULL);
    command.block_signals = SIGNALS(SIGTERM);
    char *report = see_blocking(&command, SIGHUP);
    assert_saw(report, "blocked %d %d", SIGHUP, SIGTERM);
    free(report);
    command.unblock_signals = SIGNALS(SIGHUP, SIGKILL);
    report = see_blocking(&command, SIGHUP);
    assert_saw(report, "blocked %d", SIGTERM);
    free(report);
}

static void refuse(const fx_command *command, const char *field, const char *message) {
    fx_error error = assert_fails(command, EINVAL, FX_STEP_COMMAND, field);
    assert_message(&error, message);
}

static void contradictions_are_errors(void **state) {
    (void)state;
    fx_command command = command_of(ARGV("act", "exit", "0"));
    command.default_signals = SIGNALS(1, 15);
    command.ignored_signals = SIGNALS(15);
    refuse(&command, "ignored_signals", "ignored_signals: signal 15 is also in default_signals");
    command = command_of(ARGV("act", "exit", "0"));
    command.block_signals = SIGNALS(15);
    command.unblock_signals = SIGNALS(1, 15);
    refuse(&command, "unblock_signals", "unblock_signals: signal 15 is also in block_signals");
    command.blocked_signals.set = true;
    refuse(&command, "blocked_signals",
           "blocked_signals: is the whole mask: it excludes block_signals and unblock_signals");
}

static void what_cannot_be_is_an_error(void **state) {
    (void)state;
    const int no_signals[] = {0, -1, 1000};
    for (size_t i = 0; i < 3; i++) {
        char message[80];
        fx_command command = command_of(ARGV("act", "exit", "0"));
        command.default_signals = SIGNALS(SIGHUP, no_signals[i]);
        (void)snprintf(message, sizeof message, "default_signals: %d is no signal", no_signals[i]);
        refuse(&command, "default_signals", message);
    }
    fx_command command = command_of(ARGV("act", "exit", "0"));
    command.ignored_signals = SIGNALS(9);
    refuse(&command, "ignored_signals", "ignored_signals: signal 9 cannot be ignored");
    command = command_of(ARGV("act", "exit", "0"));
    command.block_signals = SIGNALS(9);
    refuse(&command, "block_signals", "block_signals: signal 9 cannot be blocked");
    command = command_of(ARGV("act", "exit", "0"));
    command.blocked_signals = SIGNALS(SIGSTOP);
    (void)assert_fails(&command, EINVAL, FX_STEP_COMMAND, "blocked_signals");
#ifdef __GLIBC__
    command.blocked_signals = SIGNALS(32);
    (void)assert_fails(&command, EINVAL, FX_STEP_COMMAND, "blocked_signals");
#endif
}

static void lists_are_lists(void **state) {
    (void)state;
    fx_command command = command_of(ARGV("act", "exit", "0"));
    command.ignored_signals = (fx_signals){.set = true, .count = 1};
    refuse(&command, "ignored_signals", "ignored_signals: the list is NULL");
    command.ignored_signals = SIGNALS(SIGHUP);
    command.ignored_signals.set = false;
    refuse(&command, "ignored_signals", "ignored_signals: has signals, but is not set");
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
        cmocka_unit_test(some_get_their_default_action),
        cmocka_unit_test(what_is_said_of_a_signal_stands),
        cmocka_unit_test(all_can_get_their_default_action),
        cmocka_unit_test(some_are_ignored),
#ifdef SIGRTMIN
        cmocka_unit_test(real_time_signals_are_signals),
#endif
        cmocka_unit_test(the_mask_can_be_given),
        cmocka_unit_test(the_mask_can_be_edited),
        cmocka_unit_test(contradictions_are_errors),
        cmocka_unit_test(what_cannot_be_is_an_error),
        cmocka_unit_test(lists_are_lists),
        cmocka_unit_test(handlers_never_run_in_a_child),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
