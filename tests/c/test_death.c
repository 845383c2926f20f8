/* SPDX-License-Identifier: MIT
 *
 * The signal on the death of the process: it comes when that ends, in whatever way, and not when
 * the thread does that started the child.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "looking.h"

static bool is_here(void) {
    fx_command command = idle_command();
    command.death_signal = SIGKILL;
    return !is_lacking(&command, "death_signal");
}

/* ---- a process that will end ---- */

enum how { BY_EXIT, BY_KILL, BY_EXEC };

/* `life` ends with the last of its children, and `input` is what these wait for. */
struct victim {
    pid_t pid, child;
    int life, input, orders;
};

struct victim_ends {
    int life[2], input[2], orders[2], told[2];
};

static char *const hold[] = {(char *)(uintptr_t) "act", (char *)(uintptr_t) "hold", NULL};

static _Noreturn void become_victim(fx_command command, struct victim_ends *ends, enum how how) {
    fx_child child = {.size = sizeof child};
    char byte;
    (void)close(ends->orders[1]);
    command.stdio[0] = (fx_stdio){.kind = FX_STDIO_DESCRIPTOR, .descriptor = ends->input[0]};
    command.stdio[1] = (fx_stdio){.kind = FX_STDIO_DESCRIPTOR, .descriptor = ends->life[1]};
    if (fx_spawn(&command, &child, NULL) < 0)
        _exit(1);
    (void)close(ends->life[1]);
    (void)write(ends->told[1], &child.pid, sizeof child.pid);
    (void)read(ends->orders[0], &byte, 1);
    if (how == BY_EXEC) {
        (void)dup2(ends->input[0], 0);
        (void)execv(program_path("act"), hold);
    }
    _exit(0);
}

static struct victim new_victim(const fx_command *command, enum how how) {
    struct victim_ends ends;
    struct victim victim = {.child = -1};
    new_pipe(ends.life);
    new_pipe(ends.input);
    new_pipe(ends.orders);
    new_pipe(ends.told);
    /* Held before as well, for programs of other mechanisms to find it there. */
    (void)program_path("act");
    victim.pid = fork();
    assert_true(victim.pid >= 0);
    if (victim.pid == 0)
        become_victim(*command, &ends, how);
    (void)close(ends.life[1]);
    (void)close(ends.input[0]);
    (void)close(ends.orders[0]);
    (void)close(ends.told[1]);
    assert_int_equal(read(ends.told[0], &victim.child, sizeof victim.child), sizeof victim.child);
    (void)close(ends.told[0]);
    victim.life = ends.life[0];
    victim.input = ends.input[1];
    victim.orders = ends.orders[1];
    return victim;
}

static void wait_for_death_of_children(const struct victim *victim) {
    char byte;
    assert_int_equal(read(victim->life, &byte, 1), 0);
}

/* As a subreaper this process is told how its orphans end. */
static int status_of(pid_t pid) {
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static void forget(struct victim *victim) {
    (void)close(victim->life);
    (void)close(victim->input);
}

static fx_command holding(int signal) {
    fx_command command = command_of(hold);
    command.death_signal = signal;
    return command;
}

static void assert_dies_of(const fx_command *command, enum how how) {
    struct victim victim = new_victim(command, how);
    assert_int_equal(kill(victim.child, 0), 0);
    if (how == BY_KILL)
        assert_int_equal(kill(victim.pid, SIGKILL), 0);
    (void)close(victim.orders);
    int status = status_of(victim.pid);
    assert_true(how == BY_KILL ? WIFSIGNALED(status) : WIFEXITED(status));
    status = status_of(victim.child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), command->death_signal);
    wait_for_death_of_children(&victim);
    forget(&victim);
}

static void it_comes_when_the_process_exits(void **state) {
    (void)state;
    fx_command command = holding(SIGTERM);
    if (is_here())
        assert_dies_of(&command, BY_EXIT);
}

static void it_comes_when_the_process_is_killed(void **state) {
    (void)state;
    fx_command command = holding(SIGUSR1);
    if (is_here())
        assert_dies_of(&command, BY_KILL);
}

static void that_of_a_thread_comes_when_the_process_ends(void **state) {
    (void)state;
    fx_command command = holding(SIGTERM);
    command.death_of_thread = true;
    if (!is_here())
        return;
    assert_dies_of(&command, BY_EXIT);
    assert_dies_of(&command, BY_KILL);
}

static void an_exec_of_the_parent_counts_as_its_end(void **state) {
    (void)state;
    if (!is_here())
        return;
    fx_command command = holding(SIGKILL);
    struct victim victim = new_victim(&command, BY_EXEC);
    (void)close(victim.orders);
    /* While the other program holds on. */
    wait_for_death_of_children(&victim);
    assert_int_equal(waitpid(victim.pid, NULL, WNOHANG), 0);
    forget(&victim);
    assert_true(WIFEXITED(status_of(victim.pid)));
    (void)status_of(victim.child);
}

static void it_survives_a_change_of_user(void **state) {
    (void)state;
    if (!is_here() || !is_superuser())
        return;
    fx_command command = holding(SIGTERM);
    command.mechanism = forking_mechanism();
    command.user = (fx_id)FX_ID(54321);
    command.group = (fx_id)FX_ID(54321);
    command.groups.set = true;
    assert_dies_of(&command, BY_KILL);
}

/* ---- in another pid namespace, where nobody has a parent ---- */

#define NEW_PID 0x20000000U
#define NEW_USER 0x10000000U

static bool make_apart(fx_command *command) {
    command->unshare = NEW_PID | (is_superuser() ? 0 : NEW_USER);
    command->mechanism = is_superuser() ? tested_mechanism() : forking_mechanism();
    fx_child child = {.size = sizeof child};
    fx_command trial = *command;
    trial.argv = ARGV("act", "exit", "0");
    /* Not every kernel lets everybody. */
    if (fx_spawn(&trial, &child, NULL) < 0)
        return false;
    (void)finish(&child);
    return true;
}

static void it_reaches_another_pid_namespace(void **state) {
    (void)state;
    fx_command command = holding(SIGKILL);
    if (is_here() && make_apart(&command))
        assert_dies_of(&command, BY_KILL);
}

/* ---- a parent that dies in the middle ---- */

static _Noreturn void launch_at_once(const fx_command *command, int told) {
    fx_child child = {.size = sizeof child};
    (void)write(told, "", 1);
    (void)fx_spawn(command, &child, NULL);
    for (;;)
        (void)pause();
}

/* Whatever it was doing by then, nothing lives on that holds the pipe. */
static void assert_nothing_is_left(fx_command *command, unsigned int moment) {
    int life[2], input[2], told[2];
    char byte;
    new_pipe(life);
    new_pipe(input);
    new_pipe(told);
    command->stdio[0] = (fx_stdio){.kind = FX_STDIO_DESCRIPTOR, .descriptor = input[0]};
    command->stdio[1] = (fx_stdio){.kind = FX_STDIO_DESCRIPTOR, .descriptor = life[1]};
    pid_t victim = fork();
    assert_true(victim >= 0);
    if (victim == 0)
        launch_at_once(command, told[1]);
    (void)close(life[1]);
    assert_int_equal(read(told[0], &byte, 1), 1);
    for (volatile unsigned int i = 0; i < moment; i++)
        ;
    assert_int_equal(kill(victim, SIGKILL), 0);
    (void)status_of(victim);
    assert_int_equal(read(life[0], &byte, 1), 0);
    while (waitpid(-1, NULL, 0) > 0)
        ;
    (void)close(life[0]);
    (void)close(told[0]);
    (void)close(told[1]);
    (void)close(input[0]);
    (void)close(input[1]);
}

static void a_parent_may_die_at_any_moment(void **state) {
    enum { TIMES = 150, STEP = 3000 };
    (void)state;
    if (!is_here())
        return;
    fx_command command = holding(SIGKILL), of_thread = command, apart = command;
    of_thread.death_of_thread = true;
    bool can_be_apart = make_apart(&apart);
    for (unsigned int i = 0; i < TIMES; i++) {
        assert_nothing_is_left(&command, i * STEP);
        assert_nothing_is_left(&of_thread, i * STEP);
        if (can_be_apart)
            assert_nothing_is_left(&apart, i * STEP);
    }
}

/* ---- threads that end ---- */

static void *start_in_thread(void *argument) {
    fx_child *child = argument;
    fx_command command = command_of(ARGV("act", "copy"));
    command.death_signal = SIGKILL;
    command.stdio[0] = command.stdio[1] = (fx_stdio){.kind = FX_STDIO_PIPE};
    *child = start(&command);
    return (void *)(intptr_t)gettid();
}

/* pthread_join(3) returns a moment before the kernel is done with the thread. */
static void wait_until_gone(void *thread) {
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/self/task/%d", (int)(intptr_t)thread);
    while (access(path, F_OK) == 0)
        (void)sched_yield();
}

static void assert_answers(const fx_child *child) {
    char byte = 0;
    assert_int_equal(write(child->stdio[0], "x", 1), 1);
    assert_int_equal(read(child->stdio[1], &byte, 1), 1);
    assert_int_equal(byte, 'x');
}

static void children_of_threads_that_end_live_on(void **state) {
    enum { THREADS = 8, ROUNDS = 5 };
    (void)state;
    if (!is_here())
        return;
    pthread_t threads[THREADS];
    fx_child children[ROUNDS][THREADS];
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < THREADS; i++)
            assert_int_equal(
                pthread_create(&threads[i], NULL, start_in_thread, &children[round][i]), 0);
        for (int i = 0; i < THREADS; i++) {
            void *thread;
            assert_int_equal(pthread_join(threads[i], &thread), 0);
            wait_until_gone(thread);
        }
    }
    for (int round = 0; round < ROUNDS; round++)
        for (int i = 0; i < THREADS; i++) {
            fx_child *child = &children[round][i];
            assert_answers(child);
            (void)close(child->stdio[0]);
            child->stdio[0] = -1;
            fx_exit end = finish(child);
            assert_int_equal(end.signal, 0);
            assert_int_equal(end.code, 0);
        }
}

static void *start_for_thread(void *argument) {
    fx_child *child = argument;
    fx_command command = holding(SIGUSR1);
    command.death_of_thread = true;
    command.stdio[0] = (fx_stdio){.kind = FX_STDIO_PIPE};
    *child = start(&command);
    return NULL;
}

static void that_of_a_thread_comes_when_the_thread_ends(void **state) {
    pthread_t thread;
    fx_child child;
    (void)state;
    if (!is_here())
        return;
    assert_int_equal(pthread_create(&thread, NULL, start_for_thread, &child), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    fx_exit end = finish(&child);
    assert_int_equal(end.signal, SIGUSR1);
}

/* ---- failures ---- */

static int never_called(void *unused) {
    (void)unused;
    return EDOM;
}

static void what_it_excludes(void **state) {
    (void)state;
    fx_command command = idle_command();
    command.death_signal = 4711;
    fx_error error = assert_fails(&command, EINVAL, FX_STEP_COMMAND, "death_signal");
    assert_message(&error, "death_signal: 4711 is no signal");
    command.death_signal = -1;
    (void)assert_fails(&command, EINVAL, FX_STEP_COMMAND, "death_signal");
    command.death_signal = SIGTERM;
    command.traced = true;
    error = assert_fails(&command, EINVAL, FX_STEP_COMMAND, "death_signal");
    assert_message(&error, "death_signal: excludes traced, which is for the calling thread to "
                           "trace");
    command.traced = false;
    command.mechanism = forking_mechanism();
    command.callback.function = never_called;
    error = assert_fails(&command, EINVAL, FX_STEP_COMMAND, "death_signal");
    assert_message(&error, "death_signal: excludes a callback, which has to run in a copy of the "
                           "calling thread");
}

static void failures_are_told_as_ever(void **state) {
    (void)state;
    if (!is_here())
        return;
    fx_command command = holding(SIGTERM);
    command.program = "/nonexistent/program";
    fx_error error = assert_fails(&command, ENOENT, FX_STEP_EXEC, "\"/nonexistent/program\"");
    assert_message(&error, "exec(\"/nonexistent/program\"): program not found");
    command.directory = "/nonexistent";
    (void)assert_fails(&command, ENOENT, FX_STEP_CHDIR, "\"/nonexistent\"");
}

static int begin(void **state) {
    return prctl(PR_SET_CHILD_SUBREAPER, 1L) < 0 ? -1 : begin_group(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_comes_when_the_process_exits),
        cmocka_unit_test(it_comes_when_the_process_is_killed),
        cmocka_unit_test(that_of_a_thread_comes_when_the_process_ends),
        cmocka_unit_test(an_exec_of_the_parent_counts_as_its_end),
        cmocka_unit_test(it_survives_a_change_of_user),
        cmocka_unit_test(it_reaches_another_pid_namespace),
        cmocka_unit_test(a_parent_may_die_at_any_moment),
        cmocka_unit_test(children_of_threads_that_end_live_on),
        cmocka_unit_test(that_of_a_thread_comes_when_the_thread_ends),
        cmocka_unit_test(what_it_excludes),
        cmocka_unit_test(failures_are_told_as_ever),
    };
    return cmocka_run_group_tests(tests, begin, end_group);
}
