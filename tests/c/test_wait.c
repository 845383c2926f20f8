/* SPDX-License-Identifier: MIT
 *
 * Waiting for a child: how it ended, in time, once.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support.h"

/* Every test with the pidfd and without. */
static fx_command variant(char *const argv[], int without_pidfd) {
    fx_command command = command_of(argv);
    command.without_pidfd = without_pidfd;
    return command;
}
#define EACH_VARIANT(name) for (int name = 0; name < 2; name++)

static fx_child start_holding(int without_pidfd) {
    fx_command command = variant(ARGV("act", "hold"), without_pidfd);
    command.stdio[0].kind = FX_STDIO_PIPE;
    return start(&command);
}

static void release(fx_child *child) {
    assert_int_equal(close(child->stdio[0]), 0);
    child->stdio[0] = -1;
}

static void exit_statuses(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int code;
    } cases[] = {{"0", 0}, {"1", 1}, {"127", 127}, {"255", 255}};
    EACH_VARIANT(pid)
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fx_command command = variant(ARGV("act", "exit", cases[i].text), pid);
        fx_exit end = run(&command);
        assert_int_equal(end.code, cases[i].code);
        assert_int_equal(end.signal, 0);
        assert_false(end.core_dumped);
    }
}

static void ends_by_signals(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int number;
    } cases[] = {{"9", 9}, {"15", 15}, {"6", 6}, {"11", 11}};
    EACH_VARIANT(pid)
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fx_command command = variant(ARGV("act", "signal", cases[i].text), pid);
        fx_exit end = run(&command);
        assert_int_equal(end.code, -1);
        assert_int_equal(end.signal, cases[i].number);
        assert_false(end.core_dumped);
    }
}

static void a_running_child_times_out(void **state) {
    (void)state;
    EACH_VARIANT(pid) {
        fx_child child = start_holding(pid);
        fx_exit end = {.size = sizeof end, .code = 77};
        assert_int_equal(fx_wait(&child, 0, 0, &end), -ETIMEDOUT);
        assert_int_equal(fx_wait(&child, 30, 0, &end), -ETIMEDOUT);
        assert_int_equal(fx_wait(&child, 0, FX_WAIT_NO_REAP, &end), -ETIMEDOUT);
        assert_int_equal(end.code, 77);
        release(&child);
        assert_int_equal(fx_wait(&child, 60000, 0, &end), 0);
        assert_int_equal(end.code, 0);
        fx_child_close(&child);
    }
}

static void looking_leaves_it_to_be_reaped(void **state) {
    (void)state;
    EACH_VARIANT(pid) {
        fx_command command = variant(ARGV("act", "exit", "6"), pid);
        fx_child child = start(&command);
        for (int timeout = -1; timeout < 2; timeout++) {
            fx_exit end = {.size = sizeof end};
            assert_int_equal(fx_wait(&child, timeout, FX_WAIT_NO_REAP, &end), 0);
            assert_int_equal(end.code, 6);
        }
        siginfo_t info;
        assert_int_equal(waitid(P_PID, (id_t)child.pid, &info, WEXITED | WNOWAIT | WNOHANG), 0);
        assert_int_equal(finish(&child).code, 6);
        assert_int_equal(waitid(P_ALL, 0, &info, WEXITED | WNOHANG), -1);
    }
}

/* gotcha 21: reaped once; the handle keeps the end */
static void further_waits_return_the_same_end(void **state) {
    (void)state;
    EACH_VARIANT(pid) {
        fx_command command = variant(ARGV("act", "exit", "6"), pid);
        fx_child child = start(&command);
        for (int timeout = -1; timeout < 2; timeout++)
            for (unsigned int flags = 0; flags < 2; flags++) {
                fx_exit end = {.size = sizeof end};
                assert_int_equal(fx_wait(&child, timeout, flags, &end), 0);
                assert_int_equal(end.code, 6);
                assert_int_equal(fx_wait(&child, timeout, flags, NULL), 0);
            }
        fx_child_close(&child);
    }
}

/* gotcha 17: what somebody else reaped is said to be gone, never guessed */
static void a_child_reaped_by_others_is_said(void **state) {
    (void)state;
    EACH_VARIANT(pid)
    for (int timeout = -1; timeout < 2; timeout++) {
        fx_command command = variant(ARGV("act", "exit", "6"), pid);
        fx_child child = start(&command);
        assert_int_equal(waitpid(child.pid, NULL, 0), child.pid);
        fx_exit end = {.size = sizeof end, .code = 77};
        assert_int_equal(fx_wait(&child, timeout, 0, &end), -ECHILD);
        assert_int_equal(end.code, 77);
        fx_child_close(&child);
    }
}

static void a_wait_reaps_no_other_child(void **state) {
    (void)state;
    EACH_VARIANT(pid) {
        fx_command command = variant(ARGV("act", "exit", "1"), pid);
        fx_child first = start(&command);
        command.argv = ARGV("act", "exit", "2");
        fx_child second = start(&command);
        assert_int_equal(finish(&second).code, 2);
        assert_int_equal(finish(&first).code, 1);
    }
}

static void a_stopped_child_has_not_ended(void **state) {
    (void)state;
    EACH_VARIANT(pid) {
        fx_command command = variant(ARGV("act", "stop"), pid);
        fx_child child = start(&command);
        int status;
        assert_int_equal(waitpid(child.pid, &status, WUNTRACED), child.pid);
        assert_true(WIFSTOPPED(status));
        assert_int_equal(fx_wait(&child, 0, 0, NULL), -ETIMEDOUT);
        assert_int_equal(fx_wait(&child, 20, 0, NULL), -ETIMEDOUT);
        assert_int_equal(fx_signal(&child, SIGCONT), 0);
        assert_int_equal(finish(&child).code, 0);
    }
}

/* gotcha 49: the pidfd wakes a poll when the child ends, and is nobody's but ours */
static void the_pidfd_can_be_polled(void **state) {
    (void)state;
    fx_child child = start_holding(0);
    if (child.pidfd >= 0) {
        struct pollfd polled = {.fd = child.pidfd, .events = POLLIN};
        assert_int_equal(fcntl(child.pidfd, F_GETFD), FD_CLOEXEC);
        assert_int_equal(poll(&polled, 1, 0), 0);
        release(&child);
        assert_int_equal(poll(&polled, 1, -1), 1);
    } else {
        release(&child);
    }
    (void)finish(&child);
    child = start_holding(1);
    assert_int_equal(child.pidfd, -1);
    release(&child);
    (void)finish(&child);
}

static void interrupt(int number) { (void)number; }

struct interruption {
    pthread_t thread;
    fx_child *child;
};

/* Interrupt the waiting thread often, then let the child end. */
static void *keep_interrupting(void *argument) {
    const struct interruption *what = argument;
    for (int i = 0; i < 200; i++) {
        (void)pthread_kill(what->thread, SIGUSR1);
        (void)sched_yield();
    }
    (void)close(what->child->stdio[0]);
    return NULL;
}

static void interruptions_are_no_errors(void **state) {
    (void)state;
    struct sigaction action = {.sa_handler = interrupt}, before;
    (void)sigemptyset(&action.sa_mask);
    assert_int_equal(sigaction(SIGUSR1, &action, &before), 0);
    static const int timeouts[] = {-1, 60000};
    EACH_VARIANT(pid)
    for (int i = 0; i < 2; i++) {
        pthread_t thread;
        fx_child child = start_holding(pid);
        struct interruption what = {.thread = pthread_self(), .child = &child};
        assert_int_equal(pthread_create(&thread, NULL, keep_interrupting, &what), 0);
        assert_int_equal(fx_wait(&child, timeouts[i], 0, NULL), 0);
        assert_int_equal(pthread_join(thread, NULL), 0);
        child.stdio[0] = -1;
        assert_int_equal(finish(&child).code, 0);
    }
    assert_int_equal(sigaction(SIGUSR1, &before, NULL), 0);
}

static void *wait_too(void *argument) { return (void *)(intptr_t)fx_wait(argument, -1, 0, NULL); }

static void several_threads_may_wait(void **state) {
    enum { THREADS = 4 };
    (void)state;
    EACH_VARIANT(pid) {
        pthread_t threads[THREADS];
        fx_child child = start_holding(pid);
        for (int i = 0; i < THREADS; i++)
            assert_int_equal(pthread_create(&threads[i], NULL, wait_too, &child), 0);
        release(&child);
        for (int i = 0; i < THREADS; i++) {
            void *result;
            assert_int_equal(pthread_join(threads[i], &result), 0);
            assert_null(result);
        }
        assert_int_equal(finish(&child).code, 0);
    }
}

static void misuse_is_refused(void **state) {
    (void)state;
    fx_child empty = {.size = sizeof empty, .pidfd = -1};
    assert_int_equal(fx_wait(&empty, 0, 0, NULL), -ESRCH);
    assert_int_equal(fx_wait(NULL, 0, 0, NULL), -ESRCH);
    fx_command command = command_of(ARGV("act", "exit", "0"));
    fx_child child = start(&command);
    assert_int_equal(fx_wait(&child, 0, 2, NULL), -EINVAL);
    (void)finish(&child);
}

static void closing_neither_signals_nor_waits(void **state) {
    (void)state;
    EACH_VARIANT(pid) {
        fx_command command = variant(ARGV("act", "copy"), pid);
        command.stdio[0].kind = command.stdio[1].kind = FX_STDIO_PIPE;
        fx_child child = start(&command);
        pid_t number = child.pid;
        int input = child.stdio[0], output = child.stdio[1], status;
        child.stdio[0] = child.stdio[1] = -1;
        fx_child_close(&child);
        fx_child_close(&child);
        fx_child_close(NULL);
        assert_int_equal(write(input, "on", 2), 2);
        (void)close(input);
        char *text = read_all(output);
        assert_string_equal(text, "on");
        free(text);
        assert_int_equal(waitpid(number, &status, 0), number);
        assert_int_equal(status, 0);
    }
}

static void an_empty_handle_may_be_closed(void **state) {
    (void)state;
    fx_child child;
    memset(&child, 0, sizeof child);
    child.size = sizeof child;
    fx_child_close(&child);
    for (int fd = 0; fd < 3; fd++)
        assert_true(fcntl(fd, F_GETFD) >= 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exit_statuses),
        cmocka_unit_test(ends_by_signals),
        cmocka_unit_test(a_running_child_times_out),
        cmocka_unit_test(looking_leaves_it_to_be_reaped),
        cmocka_unit_test(further_waits_return_the_same_end),
        cmocka_unit_test(a_child_reaped_by_others_is_said),
        cmocka_unit_test(a_wait_reaps_no_other_child),
        cmocka_unit_test(a_stopped_child_has_not_ended),
        cmocka_unit_test(the_pidfd_can_be_polled),
        cmocka_unit_test(interruptions_are_no_errors),
        cmocka_unit_test(several_threads_may_wait),
        cmocka_unit_test(misuse_is_refused),
        cmocka_unit_test(closing_neither_signals_nor_waits),
        cmocka_unit_test(an_empty_handle_may_be_closed),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
