/* SPDX-License-Identifier: MIT
 *
 * What a command says of signals: to default, to be ignored, blocked.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "state.h"
#include "support.h"

static void handle(int number) { (void)number; }

static char *see_ignoring(fx_command *command, int number) {
    void (*before)(int) = signal(number, SIG_IGN);
    char *report = see(command);
    (void)signal(number, before);
    return report;
}

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

int main(void) {
    signals_to_default();
    const struct CMUnitTest tests[] = {
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
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
