/* SPDX-License-Identifier: MIT
 *
 * Starts that do not wait for the exec.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "starting.h"
#include "state.h"

static fx_command quick_command(void) {
    static const char *const argv[] = {"act", "exit", "7", NULL};
    return command_of((char *const *)(uintptr_t)argv);
}

static void it_is_started(void **state) {
    (void)state;
    fx_command command = quick_command();
    char *before = parent_state();
    errno = 1234;
    fx_start *begun = begin(&command, -1);
    assert_int_equal(errno, 1234);
    fx_child child = take(begun);
    assert_int_equal(finish(&child).code, 7);
    assert_unchanged(before);
    free(before);
}

static void who_finishes_early_waits(void **state) {
    (void)state;
    fx_command command = quick_command();
    char *before = parent_state();
    for (int i = 0; i < 100; i++) {
        fx_child child = {.size = sizeof child};
        assert_int_equal(fx_start_finish(begin(&command, i % 2 ? -1 : 600000), &child, NULL), 0);
        assert_int_equal(finish(&child).code, 7);
    }
    assert_unchanged(before);
    free(before);
}

static void what_a_child_has_is_what_was_asked_for(void **state) {
    (void)state;
    fx_command command = command_of(ARGV("act", "count"));
    fx_start *begun = begin(&command, 600000);
    assert_int_equal(fcntl(fx_start_descriptor(begun), F_GETFD), FD_CLOEXEC);
    fx_child child = take(begun);
    assert_int_equal(finish(&child).code, 0);
}

/* It is copied: who began it may forget it. */
static void the_command_need_not_outlive_the_call(void **state) {
    (void)state;
    char action[] = "say", text[] = "said", variable[] = "NAME=value", path[256];
    char name[] = "act";
    char *argv[] = {name, action, text, text, NULL};
    char *environment[] = {variable, NULL};
    (void)snprintf(path, sizeof path, "%s", program_path("act"));
    fx_command command = command_of(argv);
    command.program = path;
    command.environment = environment;
    command.stdio[1] = command.stdio[2] = (fx_stdio){.kind = FX_STDIO_PIPE};
    fx_start *begun = begin(&command, -1);
    memset(path, 'x', sizeof path - 1);
    memset(action, 'x', sizeof action - 1);
    memset(text, 'x', sizeof text - 1);
    memset(argv, 0, sizeof argv);
    memset(&command, 0xff, sizeof command);
    fx_child child = take(begun);
    char *said = read_all(child.stdio[1]);
    assert_string_equal(said, "said");
    free(said);
    child.stdio[1] = -1;
    assert_int_equal(finish(&child).code, 0);
}

/* ---- before and after ---- */

struct meeting {
    int here, go;
};

static int meet(void *argument) {
    const struct meeting *meeting = argument;
    char byte = 0;
    if (write(meeting->here, &byte, 1) != 1)
        return EIO;
    while (read(meeting->go, &byte, 1) < 0 && errno == EINTR)
        ;
    return 0;
}

/* A child that says when it is there, and then waits. */
struct met {
    int here[2], go[2];
    struct meeting child;
    fx_start *begun;
};

static void begin_meeting(struct met *met, int timeout) {
    new_pipe(met->here);
    new_pipe(met->go);
    met->child = (struct meeting){.here = met->here[1], .go = met->go[0]};
    fx_command command = quick_command();
    command.mechanism = callback_mechanism();
    command.callback = (fx_callback){.function = meet, .argument = &met->child};
    met->begun = begin(&command, timeout);
}

static void begin_and_meet(struct met *met) {
    char byte;
    begin_meeting(met, -1);
    assert_int_equal(read(met->here[0], &byte, 1), 1);
}

static void part(struct met *met) {
    for (int i = 0; i < 2; i++) {
        (void)close(met->here[i]);
        (void)close(met->go[i]);
    }
}

static void the_descriptor_tells_when(void **state) {
    (void)state;
    struct met met;
    char *before = parent_state();
    begin_and_meet(&met);
    assert_false(is_ready(met.begun, 0));
    assert_int_equal(write(met.go[1], "", 1), 1);
    fx_child child = take(met.begun);
    assert_int_equal(child.mechanism, FX_MECHANISM_FORK);
    assert_int_equal(finish(&child).code, 7);
    part(&met);
    assert_unchanged(before);
    free(before);
}

/* ---- failures ---- */

static void assert_fails_as_spawn_does(const fx_command *command, int code, fx_step step) {
    fx_error expected = assert_fails(command, code, step, NULL);
    char *before = parent_state();
    fx_start *begun = begin(command, 600000);
    assert_true(is_ready(begun, -1));
    fx_error error = assert_start_fails(begun, code, step);
    assert_int_equal(error.index, expected.index);
    assert_int_equal(error.cause, expected.cause);
    assert_string_equal(error.subject, expected.subject);
    assert_string_equal(error.detail, expected.detail);
    assert_unchanged(before);
    free(before);
}

static void failures_are_those_of_spawn(void **state) {
    (void)state;
    fx_command command = quick_command();
    command.program = "/nonexistent/program";
    assert_fails_as_spawn_does(&command, ENOENT, FX_STEP_EXEC);
    command.program = scratch_file("script", 0755, "#!/nonexistent/interpreter\n");
    assert_fails_as_spawn_does(&command, ENOENT, FX_STEP_EXEC);
    command = quick_command();
    command.directory = "/nonexistent";
    assert_fails_as_spawn_does(&command, ENOENT, FX_STEP_CHDIR);
}

static void what_is_wrong_with_a_command_is_told_at_once(void **state) {
    (void)state;
    fx_error error = {.size = sizeof error};
    fx_start *begun = (void *)&error;
    fx_command command = quick_command();
    char *before = parent_state();
    command.keep = (const int[]){999};
    command.keep_count = 1;
    assert_int_equal(fx_spawn_start(&command, -1, &begun, &error), -EBADF);
    assert_null(begun);
    assert_int_equal(error.step, FX_STEP_COMMAND);
    assert_string_equal(error.subject, "keep");
    command = quick_command();
    command.traced = true;
#ifdef __linux__
    /* Where it is not lacking. */
    if (fx_spawn_start(&command, -1, &begun, &error) == -EINVAL)
        assert_string_equal(error.subject, "traced");
#endif
    assert_true(fx_spawn_start(&command, -1, &begun, NULL) < 0);
    assert_null(begun);
    assert_unchanged(before);
    free(before);
}

static void without_a_descriptor_nothing_begins(void **state) {
    (void)state;
    struct rlimit limit, none;
    fx_start *begun;
    fx_error error = {.size = sizeof error};
    fx_command command = quick_command();
    int next = new_file();
    (void)close(next);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    none = limit;
    none.rlim_cur = (rlim_t)next;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    int result = fx_spawn_start(&command, -1, &begun, &error);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_int_equal(result, -EMFILE);
    assert_int_equal(error.step, FX_STEP_PIPE);
    assert_null(begun);
}

static void a_bad_handle_is_no_reason_to_leave_a_child(void **state) {
    (void)state;
    fx_child small = {.size = 4};
    fx_error error = {.size = sizeof error};
    fx_command command = command_of(ARGV("act", "hold"));
    command.stdio[0] = (fx_stdio){.kind = FX_STDIO_PIPE};
    char *before = parent_state();
    fx_start *begun = begin(&command, -1);
    assert_true(is_ready(begun, -1));
    assert_int_equal(fx_start_finish(begun, &small, &error), -EINVAL);
    assert_int_equal(error.step, FX_STEP_COMMAND);
    assert_string_equal(error.subject, "child");
    await_no_child();
    fx_start *another = begin(&command, -1);
    assert_int_equal(fx_start_finish(another, NULL, NULL), -EINVAL);
    await_no_child();
    assert_unchanged(before);
    free(before);
}

/* ---- deadlines ---- */

static void one_that_is_late_is_killed(void **state) {
    (void)state;
    int writer;
    fx_command command = held_command(&writer);
    char *before = parent_state();
    fx_start *begun = begin(&command, 40);
    assert_late(begun, "it did not reach its program within 40 ms, and was killed");
    /* Also when who finishes it is the one that waits. */
    (void)assert_start_fails(begin(&command, 40), ETIMEDOUT, FX_STEP_EXEC);
    assert_unchanged(before);
    free(before);
    (void)close(writer);
    assert_exits(&command, 7);
}

static void also_in_a_callback(void **state) {
    (void)state;
    struct met met;
    char *before = parent_state();
    begin_meeting(&met, 40);
    assert_late(met.begun, "it did not reach its program within 40 ms, and was killed");
    part(&met);
    assert_unchanged(before);
    free(before);
}

static void no_time_at_all_is_too_late(void **state) {
    (void)state;
    int writer;
    fx_command command = held_command(&writer);
    char *before = parent_state();
    for (int i = 0; i < 50; i++)
        (void)assert_start_fails(begin(&command, 0), ETIMEDOUT, FX_STEP_EXEC);
    assert_unchanged(before);
    free(before);
    (void)close(writer);
}

/* Either way, and whole. */
static void some_are_just_in_time(void **state) {
    (void)state;
    fx_command command = quick_command();
    char *before = parent_state();
    for (int i = 0; i < 200; i++) {
        fx_child child = {.size = sizeof child};
        int result = fx_start_finish(begin(&command, i % 3), &child, NULL);
        if (result == 0)
            assert_int_equal(finish(&child).code, 7);
        else
            assert_int_equal(result, -ETIMEDOUT);
    }
    assert_unchanged(before);
    free(before);
}

/* ---- giving up ---- */

static void a_held_one_is_given_up(void **state) {
    (void)state;
    int writer, ends[2];
    fx_command command = held_command(&writer);
    new_pipe(ends);
    command.stdio[1] = (fx_stdio){.kind = FX_STDIO_DESCRIPTOR, .descriptor = ends[1]};
    for (int i = 0; i < 2; i++)
        fx_start_abandon(begin(&command, i == 0 ? -1 : 600000));
    await_no_child();
    /* Nobody has it any more. */
    (void)close(ends[1]);
    free(read_all(ends[0]));
    (void)close(writer);
}

static void one_in_a_callback_is_given_up(void **state) {
    (void)state;
    struct met met;
    begin_and_meet(&met);
    fx_start_abandon(met.begun);
    await_no_child();
    part(&met);
}

static void one_that_runs_is_given_up(void **state) {
    (void)state;
    int ends[2];
    new_pipe(ends);
    fx_command command = command_of(ARGV("act", "stubborn"));
    command.stdio[0] = (fx_stdio){.kind = FX_STDIO_PIPE};
    command.stdio[1] = (fx_stdio){.kind = FX_STDIO_DESCRIPTOR, .descriptor = ends[1]};
    fx_start *begun = begin(&command, -1);
    assert_true(is_ready(begun, -1));
    errno = 1234;
    fx_start_abandon(begun);
    assert_int_equal(errno, 1234);
    await_no_child();
    (void)close(ends[1]);
    free(read_all(ends[0]));
}

static void all_are_given_up_at_once(void **state) {
    (void)state;
    fx_command command = command_of(ARGV("act", "hold"));
    command.stdio[0] = (fx_stdio){.kind = FX_STDIO_PIPE};
    for (int i = 0; i < 200; i++)
        fx_start_abandon(begin(&command, i % 4 - 1));
    await_no_child();
    fx_start_abandon(NULL);
}

/* ---- other processes and threads ---- */

static void in_a_forked_process_it_is_not_its_own(void **state) {
    (void)state;
    int writer, status;
    fx_command command = held_command(&writer);
    fx_start *one = begin(&command, -1), *other = begin(&command, -1);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        fx_child child = {.size = sizeof child};
        fx_error error = {.size = sizeof error};
        int descriptor = fx_start_descriptor(one);
        if (fx_start_finish(one, &child, &error) != -ECHILD || error.code != -ECHILD)
            _exit(1);
        fx_start_abandon(other);
        _exit(fcntl(descriptor, F_GETFD) < 0 ? 0 : 2);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    (void)close(writer);
    fx_child child = take(one);
    assert_int_equal(finish(&child).code, 7);
    child = take(other);
    assert_int_equal(finish(&child).code, 7);
}

static void *block_and_begin(void *argument) {
    sigset_t mask;
    (void)sigemptyset(&mask);
    (void)sigaddset(&mask, SIGUSR2);
    (void)pthread_sigmask(SIG_SETMASK, &mask, NULL);
    return begin(argument, 600000);
}

static void the_mask_is_that_of_who_began_it(void **state) {
    (void)state;
    void *begun;
    char argument[300];
    pthread_t thread;
    const char *path = scratch_file("report", 0666, "");
    (void)snprintf(argument, sizeof argument, "report-to=%s", path);
    fx_command command = command_of(ARGV("report", argument));
    assert_int_equal(pthread_create(&thread, NULL, block_and_begin, &command), 0);
    assert_int_equal(pthread_join(thread, &begun), 0);
    fx_child child = take(begun);
    assert_int_equal(finish(&child).code, 0);
    char *report = read_all(open(path, O_RDONLY | O_CLOEXEC));
    assert_saw(report, "blocked %d", SIGUSR2);
    free(report);
}

enum { THREADS = 4, ROUNDS = 30 };

static void *begin_many(void *argument) {
    size_t *good = argument;
    const fx_command command = quick_command();
    for (int i = 0; i < ROUNDS; i++) {
        fx_start *begun;
        fx_child child = {.size = sizeof child};
        fx_exit end = {.size = sizeof end};
        if (fx_spawn_start(&command, i % 2 ? 600000 : -1, &begun, NULL) < 0)
            continue;
        if (fx_start_finish(begun, &child, NULL) == 0 && fx_wait(&child, -1, 0, &end) == 0)
            *good += end.code == 7;
        fx_child_close(&child);
    }
    return NULL;
}

static void threads_begin_at_once(void **state) {
    (void)state;
    pthread_t threads[THREADS];
    size_t good[THREADS] = {0};
    char *before = parent_state();
    (void)program_path("act");
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, begin_many, &good[i]), 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(good[i], ROUNDS);
    assert_unchanged(before);
    free(before);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_started),
        cmocka_unit_test(who_finishes_early_waits),
        cmocka_unit_test(what_a_child_has_is_what_was_asked_for),
        cmocka_unit_test(the_command_need_not_outlive_the_call),
        cmocka_unit_test(the_descriptor_tells_when),
        cmocka_unit_test(failures_are_those_of_spawn),
        cmocka_unit_test(what_is_wrong_with_a_command_is_told_at_once),
        cmocka_unit_test(without_a_descriptor_nothing_begins),
        cmocka_unit_test(a_bad_handle_is_no_reason_to_leave_a_child),
        cmocka_unit_test(one_that_is_late_is_killed),
        cmocka_unit_test(also_in_a_callback),
        cmocka_unit_test(no_time_at_all_is_too_late),
        cmocka_unit_test(some_are_just_in_time),
        cmocka_unit_test(a_held_one_is_given_up),
        cmocka_unit_test(one_in_a_callback_is_given_up),
        cmocka_unit_test(one_that_runs_is_given_up),
        cmocka_unit_test(all_are_given_up_at_once),
        cmocka_unit_test(in_a_forked_process_it_is_not_its_own),
        cmocka_unit_test(the_mask_is_that_of_who_began_it),
        cmocka_unit_test(threads_begin_at_once),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
