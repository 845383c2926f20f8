/* SPDX-License-Identifier: MIT
 *
 * The helper: when it takes the place of a fork, and that nobody can tell.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "helping.h"

/* ---- when it is taken ---- */

static void expect_helper(void) {
    fx_command command = apart(ARGV("act", "exit", "0"));
    expect_way(&command, "helper identity");
    command.mechanism = FX_MECHANISM_FORK;
    expect_way(&command, "fork identity");
    /* What may share memory does. */
    command = command_of(ARGV("act", "exit", "0"));
    if (tested_mechanism() == FX_MECHANISM_AUTO)
        expect_way(&command, "clone3 fastest");
}

static void a_large_process_takes_it(void **state) {
    (void)state;
    if (!is_here())
        skip();
    in_another_process(expect_helper);
}

static int do_nothing(void *argument) { return argument ? EINVAL : 0; }

static void a_callback_cannot_go_there(void **state) {
    (void)state;
    if (!is_here())
        skip();
    fx_command command = command_of(ARGV("act", "exit", "0"));
    command.mechanism = FX_MECHANISM_HELPER;
    command.callback.function = do_nothing;
    (void)assert_fails(&command, ENOTSUP, FX_STEP_COMMAND, "mechanism");
}

static void without_one_it_cannot_be_forced(void **state) {
    (void)state;
    if (is_here())
        skip();
    fx_command command = command_of(ARGV("act", "exit", "0"));
    command.mechanism = FX_MECHANISM_HELPER;
    (void)assert_fails(&command, ENOTSUP, FX_STEP_COMMAND, "mechanism");
}

/* ---- nobody can tell ---- */

static char *seen_by(fx_mechanism mechanism, fx_command command) {
    command.mechanism = mechanism;
    return see(&command);
}

/* Lines with what differs from child to child. */
static void blank(char *report, const char *key) {
    for (char *at = report; *at; at += strcspn(at, "\n") + 1)
        if (strncmp(at, key, strlen(key)) == 0)
            memset(at, '-', strcspn(at, "\n"));
}

static void assert_same_child(const fx_command *command) {
    char *forked = seen_by(FX_MECHANISM_FORK, *command);
    char *helped = seen_by(FX_MECHANISM_HELPER, *command);
    blank(forked, "pid ");
    blank(helped, "pid ");
    assert_string_equal(helped, forked);
    free(forked);
    free(helped);
}

static void the_program_is_the_same(void **state) {
    (void)state;
    if (!is_here())
        skip();
    int file = new_file_at(20), other = new_file_at(21), closed = new_file_at(30);
    sigset_t mask, before;
    (void)sigemptyset(&mask);
    (void)sigaddset(&mask, SIGUSR2);
#ifdef SIGRTMIN
    (void)sigaddset(&mask, SIGRTMIN + 3);
#endif
    assert_int_equal(sigprocmask(SIG_BLOCK, &mask, &before), 0);
    void (*old)(int) = signal(SIGUSR1, SIG_IGN);
    fx_command command = command_of(NULL);
    command.environment = ARGV("LD_PRELOAD=", "GLIBC_TUNABLES=glibc.malloc.check=0", "A=", "B");
    command.directory = "/";
    command.umask = (fx_number)FX_NUMBER(027);
    command.map = (fx_map[]){{20, 21}, {21, 20}, {7, 20}};
    command.map_count = 3;
    assert_same_child(&command);
    command.inherit_others = true;
    command.close = &closed;
    command.close_count = 1;
    assert_same_child(&command);
    if (geteuid() == 0) {
        const gid_t groups[] = {5, 6, 54321};
        command.user = (fx_id)FX_ID(54321);
        command.group = (fx_id)FX_ID(54322);
        command.groups = (fx_groups){.set = true, .count = 3, .list = groups};
        assert_same_child(&command);
    }
    (void)signal(SIGUSR1, old);
    assert_int_equal(sigprocmask(SIG_SETMASK, &before, NULL), 0);
    (void)close(file);
    (void)close(other);
    (void)close(closed);
}

static void the_pid_is_that_of_the_program(void **state) {
    (void)state;
    if (!is_here())
        skip();
    const char *path = scratch_file("pid", 0666, "");
    char argument[PATH_MAX + 16];
    (void)snprintf(argument, sizeof argument, "report-to=%s", path);
    fx_command command = command_of(ARGV("report", argument));
    command.mechanism = FX_MECHANISM_HELPER;
    fx_child child = start(&command);
    pid_t pid = child.pid;
    assert_int_equal(finish(&child).code, 0);
    char *report = read_all(open(path, O_RDONLY | O_CLOEXEC));
    assert_int_equal(seen_number(report, "pid", 0), pid);
    assert_int_equal(seen_number(report, "parent", 0), getpid());
    free(report);
}

static fx_error failure_of(fx_mechanism mechanism, fx_command command) {
    fx_child child = {.size = sizeof child};
    fx_error error = {.size = sizeof error};
    command.mechanism = mechanism;
    assert_true(fx_spawn(&command, &child, &error) < 0);
    return error;
}

static void failures_are_the_same(void **state) {
    (void)state;
    if (!is_here())
        skip();
    const char *text = scratch_file("text", 0755, "no program\n");
    const char *script = scratch_file("script", 0755, "#!/nonexistent/interpreter\n");
    fx_command missing = command_of(ARGV("act", "exit", "0")), unrunnable = missing,
               uninterpreted = missing, nowhere = missing, searched = missing, stranger = missing,
               limited = missing;
    missing.program = "/nonexistent/program";
    unrunnable.program = text;
    uninterpreted.program = script;
    nowhere.directory = "/nonexistent";
    searched.program = "forkexec-nonexistent";
    stranger.process_group = (fx_number)FX_NUMBER(getpid() == 1 ? 2 : 1);
    limited.keep = (int[]){0};
    limited.keep_count = 1;
    limited.candidates = (const char *const[]){"/nonexistent", text, "/", NULL};
    const fx_command *const commands[] = {&missing,  &unrunnable, &uninterpreted, &nowhere,
                                          &searched, &stranger,   &limited};
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        fx_error forked = failure_of(FX_MECHANISM_FORK, *commands[i]);
        fx_error helped = failure_of(FX_MECHANISM_HELPER, *commands[i]);
        assert_memory_equal(&helped, &forked, sizeof forked);
    }
}

/* More descriptors than one has room for without memory of its own, and a plan of megabytes. */
static void large_plans_arrive(void **state) {
    (void)state;
    if (!is_here())
        skip();
    enum { COUNT = 100, FIRST = 500, LONG = 100000, STRINGS = 15 };
    fx_map map[COUNT];
    char *variables[STRINGS + 1] = {NULL};
    int file = new_file();
    for (int i = 0; i < COUNT; i++)
        map[i] = (fx_map){.child = FIRST + i, .parent = file};
    for (int i = 0; i < STRINGS; i++) {
        variables[i] = malloc(LONG);
        memset(variables[i], 'a' + i, LONG - 1);
        variables[i][1] = '=';
        variables[i][LONG - 1] = '\0';
    }
    fx_command command = command_of(ARGV("act", "count"));
    command.mechanism = FX_MECHANISM_HELPER;
    command.map = map;
    command.map_count = COUNT;
    command.environment = variables;
    assert_exits(&command, COUNT);
    for (int i = 0; i < STRINGS; i++)
        free(variables[i]);
    (void)close(file);
}

static void closed_streams(void) {
    fx_command command = command_of(ARGV("act", "exit", "0"));
    command.mechanism = FX_MECHANISM_HELPER;
    (void)close(0);
    (void)close(1);
    expect_way(&command, "helper asked");
    command.argv = ARGV("act", "say", "out", "err");
    command.stdio[1].kind = command.stdio[2].kind = FX_STDIO_PIPE;
    fx_child child = start(&command);
    char *out = read_all(child.stdio[1]);
    bool good = strcmp(out, "out") == 0;
    child.stdio[1] = -1;
    _exit(finish(&child).code == 0 && good ? 0 : 1);
}

static void streams_may_be_closed(void **state) {
    (void)state;
    if (is_here())
        in_another_process(closed_streams);
    else
        skip();
}

/* ---- a caller with a channel of its own ---- */

static struct told {
    int count, code, index;
    fx_step step;
} told;

static void note(void *argument, fx_step step, int index, int code) {
    struct told *where = argument;
    where->count++;
    where->code = code;
    where->index = index;
    where->step = step;
}

static void its_parent_tells_the_reporter(void **state) {
    (void)state;
    if (!is_here())
        skip();
    fx_command command = command_of(ARGV("act", "exit", "0"));
    command.mechanism = FX_MECHANISM_HELPER;
    command.reporter = (fx_reporter){.function = note, .argument = &told};
    command.candidates = (const char *const[]){"/nonexistent", "/", NULL};
    fx_child child = start(&command);
    assert_int_equal(told.count, 1);
    assert_int_equal(told.code, -EACCES);
    assert_int_equal(told.index, 1);
    assert_int_equal(told.step, FX_STEP_EXEC);
    assert_int_equal(finish(&child).code, 255);
    command.candidates = NULL;
    child = start(&command);
    assert_int_equal(finish(&child).code, 0);
    assert_int_equal(told.count, 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_large_process_takes_it),
        cmocka_unit_test(a_callback_cannot_go_there),
        cmocka_unit_test(without_one_it_cannot_be_forced),
        cmocka_unit_test(the_program_is_the_same),
        cmocka_unit_test(the_pid_is_that_of_the_program),
        cmocka_unit_test(failures_are_the_same),
        cmocka_unit_test(large_plans_arrive),
        cmocka_unit_test(streams_may_be_closed),
        cmocka_unit_test(its_parent_tells_the_reporter),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
