/* SPDX-License-Identifier: MIT
 *
 * Several commands, each one's output the next one's input.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "state.h"
#include "support.h"

enum { MOST = 8 };

/* Those that are used in loops, where an array made on the spot would not live long enough. */
static const char *const copying[] = {"act", "copy", NULL};
static const char *const counting[] = {"act", "count", NULL};
static const char *const holding[] = {"act", "hold", NULL};
static const char *const ending[] = {"act", "exit", "0", NULL};
#define LASTING(argv) ((char *const *)(uintptr_t)(argv))

struct pipeline {
    fx_command commands[MOST];
    fx_child children[MOST];
    size_t count;
};

/* A command to its end. */
static fx_command *append(struct pipeline *pipeline, char *const argv[]) {
    fx_command *command = &pipeline->commands[pipeline->count];
    *command = command_of(argv);
    pipeline->children[pipeline->count++] = (fx_child){.size = sizeof(fx_child)};
    return command;
}

static int spawn(struct pipeline *pipeline, size_t *failed, fx_error *error) {
    const fx_command *commands[MOST];
    fx_child *children[MOST];
    for (size_t i = 0; i < pipeline->count; i++) {
        commands[i] = &pipeline->commands[i];
        children[i] = &pipeline->children[i];
    }
    return fx_spawn_pipeline(commands, pipeline->count, children, failed, error);
}

static void start_all(struct pipeline *pipeline) {
    char text[FX_MESSAGE_MAX];
    size_t failed = 99;
    fx_error error = {.size = sizeof error, .code = 77};
    errno = 1234;
    if (spawn(pipeline, &failed, &error) < 0) {
        (void)fx_error_message(&error, text, sizeof text);
        fail_msg("command %zu: %s", failed, text);
    }
    assert_int_equal(errno, 1234);
    assert_int_equal(failed, 99);
    assert_int_equal(error.code, 77);
    for (size_t i = 0; i < pipeline->count; i++)
        assert_true(pipeline->children[i].pid > 0);
}

static void assert_all_end(struct pipeline *pipeline, const int *codes) {
    for (size_t i = 0; i < pipeline->count; i++) {
        fx_exit end = finish(&pipeline->children[i]);
        assert_int_equal(end.signal, 0);
        assert_int_equal(end.code, codes ? codes[i] : 0);
    }
}

/* It must fail so, at the nth command, and leave nothing behind. */
static fx_error assert_none_starts(struct pipeline *pipeline, size_t nth, int code, fx_step step,
                                   const char *subject) {
    struct pipeline untouched;
    size_t failed = 99;
    fx_error error = {.size = sizeof error};
    char *before = parent_state();
    for (size_t i = 0; i < pipeline->count; i++) {
        memset(&pipeline->children[i], 0x5a, sizeof pipeline->children[i]);
        pipeline->children[i].size = sizeof pipeline->children[i];
    }
    untouched = *pipeline;
    assert_int_equal(spawn(pipeline, &failed, &error), -code);
    assert_int_equal(failed, nth);
    assert_int_equal(error.code, -code);
    assert_int_equal(error.step, step);
    if (subject)
        assert_string_equal(error.subject, subject);
    assert_memory_equal(pipeline, &untouched, sizeof untouched);
    assert_unchanged(before);
    assert_int_equal(spawn(pipeline, NULL, NULL), -code);
    assert_unchanged(before);
    free(before);
    return error;
}

/* ---- what flows ---- */

static void write_all(int fd, const char *data, size_t size) {
    while (size > 0) {
        ssize_t written = write(fd, data, size);
        assert_true(written > 0);
        data += written;
        size -= (size_t)written;
    }
}

static void three_in_a_row(void **state) {
    (void)state;
    struct pipeline pipeline = {.count = 0};
    char *before = parent_state();
    append(&pipeline, ARGV("act", "copy"))->stdio[0].kind = FX_STDIO_PIPE;
    (void)append(&pipeline, ARGV("act", "copy"));
    append(&pipeline, ARGV("act", "copy"))->stdio[1].kind = FX_STDIO_PIPE;
    start_all(&pipeline);
    for (int i = 0; i < 3; i++)
        for (int number = 0; number < 3; number++)
            assert_int_equal(pipeline.children[i].stdio[number] >= 0,
                             (i == 0 && number == 0) || (i == 2 && number == 1));
    write_all(pipeline.children[0].stdio[0], "through three", 13);
    (void)close(pipeline.children[0].stdio[0]);
    pipeline.children[0].stdio[0] = -1;
    char *text = read_all(pipeline.children[2].stdio[1]);
    pipeline.children[2].stdio[1] = -1;
    assert_string_equal(text, "through three");
    free(text);
    assert_all_end(&pipeline, NULL);
    assert_unchanged(before);
    free(before);
}

static void one_is_a_pipeline_too(void **state) {
    (void)state;
    struct pipeline pipeline = {.count = 0};
    char *before = parent_state();
    append(&pipeline, ARGV("act", "say", "out", "err"))->stdio[1].kind = FX_STDIO_PIPE;
    pipeline.commands[0].stdio[2].kind = FX_STDIO_PIPE;
    start_all(&pipeline);
    char *out = read_all(pipeline.children[0].stdio[1]);
    char *err = read_all(pipeline.children[0].stdio[2]);
    pipeline.children[0].stdio[1] = pipeline.children[0].stdio[2] = -1;
    assert_string_equal(out, "out");
    assert_string_equal(err, "err");
    free(out);
    free(err);
    assert_all_end(&pipeline, NULL);
    assert_unchanged(before);
    free(before);
}

/* Both at once, or the pipes would be full for ever. */
static void exchange(int in, int out, size_t size) {
    static char block[65536];
    size_t sent = 0, received = 0;
    assert_int_equal(fcntl(in, F_SETFL, O_NONBLOCK), 0);
    for (bool ends = false; !ends;) {
        struct pollfd polled[] = {{.fd = sent < size ? in : -1, .events = POLLOUT},
                                  {.fd = out, .events = POLLIN}};
        assert_true(poll(polled, 2, -1) > 0);
        if (polled[0].revents) {
            size_t part = size - sent < sizeof block ? size - sent : sizeof block;
            ssize_t written = write(in, block, part);
            assert_true(written > 0 || errno == EAGAIN);
            sent += written > 0 ? (size_t)written : 0;
            if (sent == size)
                (void)close(in);
        }
        if (polled[1].revents) {
            ssize_t got = read(out, block, sizeof block);
            assert_true(got >= 0);
            received += (size_t)got;
            ends = got == 0;
        }
    }
    (void)close(out);
    assert_int_equal(received, size);
}

static void much_flows_through_many(void **state) {
    (void)state;
    struct pipeline pipeline = {.count = 0};
    char *before = parent_state();
    for (int i = 0; i < MOST; i++)
        (void)append(&pipeline, LASTING(copying));
    pipeline.commands[0].stdio[0].kind = FX_STDIO_PIPE;
    pipeline.commands[MOST - 1].stdio[1].kind = FX_STDIO_PIPE;
    start_all(&pipeline);
    exchange(pipeline.children[0].stdio[0], pipeline.children[MOST - 1].stdio[1], 20 << 20);
    pipeline.children[0].stdio[0] = pipeline.children[MOST - 1].stdio[1] = -1;
    assert_all_end(&pipeline, NULL);
    assert_unchanged(before);
    free(before);
}

static void errors_may_flow_as_well(void **state) {
    (void)state;
    struct pipeline pipeline = {.count = 0};
    append(&pipeline, ARGV("act", "say", "out", "err"))->stdio[2].kind = FX_STDIO_STDOUT;
    append(&pipeline, ARGV("act", "copy"))->stdio[1].kind = FX_STDIO_PIPE;
    start_all(&pipeline);
    char *text = read_all(pipeline.children[1].stdio[1]);
    pipeline.children[1].stdio[1] = -1;
    assert_string_equal(text, "outerr");
    free(text);
    assert_all_end(&pipeline, NULL);
}

/* ---- how they end, and what they are ---- */

static void each_has_its_status(void **state) {
    (void)state;
    static const int codes[] = {1, 2, 0, 4};
    struct pipeline pipeline = {.count = 0};
    (void)append(&pipeline, ARGV("act", "exit", "1"));
    (void)append(&pipeline, ARGV("act", "exit", "2"));
    (void)append(&pipeline, ARGV("act", "hold"));
    (void)append(&pipeline, ARGV("act", "exit", "4"));
    start_all(&pipeline);
    assert_all_end(&pipeline, codes);
}

/* The pipes are the first one's output and the second one's input: nobody else keeps them open. */
static void who_reads_no_more_is_told_to_who_writes(void **state) {
    (void)state;
    struct pipeline pipeline = {.count = 0};
    char *before = parent_state();
    append(&pipeline, ARGV("sh", "-c", "while :; do echo y; done"))->program = "/bin/sh";
    (void)append(&pipeline, ARGV("act", "exit", "3"));
    pipeline.commands[0].stdio[2].kind = FX_STDIO_NULL;
    start_all(&pipeline);
    fx_exit end = finish(&pipeline.children[0]);
    assert_true(end.signal == SIGPIPE || end.code > 0);
    assert_int_equal(finish(&pipeline.children[1]).code, 3);
    assert_unchanged(before);
    free(before);
}

static char *read_report(const char *name) {
    int fd = open(scratch(name), O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    return read_all(fd);
}

static void they_are_one_group_led_by_the_last(void **state) {
    (void)state;
    static const char *const names[] = {"first", "second", "third"};
    char arguments[3][300];
    const char *argv[3][3] = {{NULL}};
    struct pipeline pipeline = {.count = 0};
    for (int i = 0; i < 3; i++) {
        (void)snprintf(arguments[i], sizeof arguments[i], "report-to=%s",
                       scratch_file(names[i], 0666, ""));
        argv[i][0] = "report";
        argv[i][1] = arguments[i];
        (void)append(&pipeline, LASTING(argv[i]));
    }
    /* Also one that is given it as memory of its own. */
    pipeline.commands[1].mechanism = forking_mechanism();
    start_all(&pipeline);
    pid_t leader = pipeline.children[2].pid;
    assert_all_end(&pipeline, NULL);
    for (int i = 0; i < 3; i++) {
        char *report = read_report(names[i]);
        assert_saw(report, "process-group %d", (int)leader);
        assert_saw(report, "session %d", (int)getsid(0));
        free(report);
    }
}

static void each_has_its_three_descriptors(void **state) {
    (void)state;
    static const int codes[] = {0, 0, 0};
    struct pipeline pipeline = {.count = 0};
    for (int i = 0; i < 3; i++)
        (void)append(&pipeline, LASTING(counting));
    start_all(&pipeline);
    assert_all_end(&pipeline, codes);
    /* The control: one more is seen. */
    pipeline.count = 0;
    for (int i = 0; i < 2; i++)
        (void)append(&pipeline, LASTING(counting));
    int file = new_file();
    pipeline.commands[0].keep = &file;
    pipeline.commands[0].keep_count = 1;
    start_all(&pipeline);
    assert_all_end(&pipeline, (const int[]){1, 0});
    (void)close(file);
}

static void nor_with_those_of_others_inherited(void **state) {
    (void)state;
    struct pipeline pipeline = {.count = 0};
    for (int i = 0; i < 3; i++)
        append(&pipeline, LASTING(counting))->inherit_others = true;
    start_all(&pipeline);
    assert_all_end(&pipeline, NULL);
}

/* The group is there for the others to join as long as its leader has not been reaped. */
static void the_last_may_be_gone_before_the_others_come(void **state) {
    (void)state;
    struct pipeline pipeline = {.count = 0};
    char *before = parent_state();
    for (int round = 0; round < 20; round++) {
        pipeline.count = 0;
        for (int i = 0; i < MOST; i++)
            (void)append(&pipeline, LASTING(ending));
        start_all(&pipeline);
        assert_all_end(&pipeline, NULL);
    }
    assert_unchanged(before);
    free(before);
}

/* Closed standard streams stay so: the pipes do not come to their numbers. */
static void closed_streams_stay_closed(void **state) {
    (void)state;
    struct pipeline pipeline = {.count = 0};
    int saved = fcntl(0, F_DUPFD_CLOEXEC, 3);
    (void)append(&pipeline, ARGV("sh", "-c", "(exec 9<&0) && exit 1; exit 0"));
    (void)append(&pipeline, ARGV("sh", "-c", "(exec 9<&0) && exit 0; exit 1"));
    for (int i = 0; i < 2; i++) {
        pipeline.commands[i].program = "/bin/sh";
        pipeline.commands[i].stdio[2].kind = FX_STDIO_NULL;
    }
    (void)close(0);
    start_all(&pipeline);
    assert_int_equal(dup2(saved, 0), 0);
    (void)close(saved);
    assert_all_end(&pipeline, NULL);
}

/* ---- all or none ---- */

static void fill_with_held(struct pipeline *pipeline) {
    pipeline->count = 0;
    for (int i = 0; i < 4; i++)
        (void)append(pipeline, LASTING(holding));
    pipeline->commands[0].stdio[0].kind = FX_STDIO_PIPE;
}

static void one_that_cannot_be_started_is_the_end_of_all(void **state) {
    (void)state;
    struct pipeline pipeline;
    for (size_t nth = 0; nth < 4; nth++) {
        fill_with_held(&pipeline);
        pipeline.commands[nth].program = "/nonexistent/program";
        (void)assert_none_starts(&pipeline, nth, ENOENT, FX_STEP_EXEC, "\"/nonexistent/program\"");
    }
}

/* With what they have started: the end of the pipe tells that nobody has it any more. */
static void so_is_what_the_others_have_started(void **state) {
    (void)state;
    struct pipeline pipeline;
    int life[2];
    char byte;
    new_pipe(life);
    fill_with_held(&pipeline);
    pipeline.commands[0].program = "/nonexistent/program";
    pipeline.commands[3].argv = ARGV("act", "leave");
    pipeline.commands[3].stdio[1] = (fx_stdio){.kind = FX_STDIO_DESCRIPTOR, .descriptor = life[1]};
    (void)assert_none_starts(&pipeline, 0, ENOENT, FX_STEP_EXEC, NULL);
    (void)close(life[1]);
    assert_int_equal(read(life[0], &byte, 1), 0);
    (void)close(life[0]);
}

/* Whatever is wrong with a command is found before any is started. */
static void nothing_is_started_if_one_is_not_valid(void **state) {
    (void)state;
    struct pipeline pipeline;
    const char *mark = scratch("mark");
    char script[300];
    (void)snprintf(script, sizeof script, ": > %s", mark);
    for (size_t nth = 0; nth < 3; nth++) {
        fill_with_held(&pipeline);
        pipeline.commands[3].program = "/bin/sh";
        pipeline.commands[3].argv = ARGV("sh", "-c", script);
        pipeline.commands[nth].keep = (const int[]){999};
        pipeline.commands[nth].keep_count = 1;
        (void)assert_none_starts(&pipeline, nth, EBADF, FX_STEP_COMMAND, "keep");
        assert_int_equal(access(mark, F_OK), -1);
    }
}

/* A number that is not open does not come to mean one of the pipes. */
static void no_command_can_name_a_pipe(void **state) {
    (void)state;
    struct pipeline pipeline;
    int next = new_file();
    (void)close(next);
    fill_with_held(&pipeline);
    pipeline.commands[0].keep = &next;
    pipeline.commands[0].keep_count = 1;
    (void)assert_none_starts(&pipeline, 0, EBADF, FX_STEP_COMMAND, "keep");
}

static void what_is_the_pipelines_is_not_the_commands(void **state) {
    (void)state;
    struct pipeline pipeline;
    const fx_map map[] = {{1, 0}};
    fill_with_held(&pipeline);
    pipeline.commands[1].stdio[0].kind = FX_STDIO_NULL;
    fx_error error = assert_none_starts(&pipeline, 1, EINVAL, FX_STEP_COMMAND, "stdio[0]");
    assert_message(&error, "stdio[0]: is between two commands");
    fill_with_held(&pipeline);
    pipeline.commands[2].stdio[1].kind = FX_STDIO_STDERR;
    (void)assert_none_starts(&pipeline, 2, EINVAL, FX_STEP_COMMAND, "stdio[1]");
    fill_with_held(&pipeline);
    pipeline.commands[0].map = map;
    pipeline.commands[0].map_count = 1;
    (void)assert_none_starts(&pipeline, 0, EINVAL, FX_STEP_COMMAND, "map");
    fill_with_held(&pipeline);
    pipeline.commands[3].process_group = (fx_number)FX_NUMBER(0);
    (void)assert_none_starts(&pipeline, 3, EINVAL, FX_STEP_COMMAND, "process_group");
    fill_with_held(&pipeline);
    pipeline.commands[1].new_session = true;
    (void)assert_none_starts(&pipeline, 1, EINVAL, FX_STEP_COMMAND, "new_session");
    fill_with_held(&pipeline);
    pipeline.commands[2].size = 4;
    (void)assert_none_starts(&pipeline, 2, EINVAL, FX_STEP_COMMAND, "size");
}

static void without_commands_or_handles_there_is_none(void **state) {
    (void)state;
    fx_error error = {.size = sizeof error};
    size_t failed = 99;
    fx_command command = command_of(ARGV("act", "exit", "0"));
    const fx_command *commands[] = {&command, &command};
    fx_child child = {.size = sizeof child}, small = {.size = 4};
    fx_child *children[] = {&child, &small};
    assert_int_equal(fx_spawn_pipeline(commands, 0, children, NULL, &error), -EINVAL);
    assert_string_equal(error.subject, "count");
    assert_int_equal(fx_spawn_pipeline(commands, 2, children, &failed, &error), -EINVAL);
    assert_int_equal(failed, 1);
    assert_string_equal(error.subject, "child");
    assert_int_equal(fx_spawn_pipeline(commands, 2, NULL, NULL, NULL), -EINVAL);
    commands[1] = NULL;
    children[1] = &child;
    assert_int_equal(fx_spawn_pipeline(commands, 2, children, &failed, &error), -EINVAL);
    assert_int_equal(failed, 1);
}

static void too_few_descriptors_for_the_pipes(void **state) {
    (void)state;
    struct pipeline pipeline = {.count = 0};
    struct rlimit limit, few;
    fx_error error = {.size = sizeof error};
    size_t failed = 99;
    fill_with_held(&pipeline);
    int next = new_file();
    (void)close(next);
    char *before = parent_state();
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    few = limit;
    few.rlim_cur = (rlim_t)next + 3;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
    int result = spawn(&pipeline, &failed, &error);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    assert_int_equal(result, -EMFILE);
    assert_int_equal(failed, 2);
    assert_int_equal(error.step, FX_STEP_PIPE);
    assert_unchanged(before);
    free(before);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_in_a_row),
        cmocka_unit_test(one_is_a_pipeline_too),
        cmocka_unit_test(much_flows_through_many),
        cmocka_unit_test(errors_may_flow_as_well),
        cmocka_unit_test(each_has_its_status),
        cmocka_unit_test(who_reads_no_more_is_told_to_who_writes),
        cmocka_unit_test(they_are_one_group_led_by_the_last),
        cmocka_unit_test(each_has_its_three_descriptors),
        cmocka_unit_test(nor_with_those_of_others_inherited),
        cmocka_unit_test(the_last_may_be_gone_before_the_others_come),
        cmocka_unit_test(closed_streams_stay_closed),
        cmocka_unit_test(one_that_cannot_be_started_is_the_end_of_all),
        cmocka_unit_test(so_is_what_the_others_have_started),
        cmocka_unit_test(nothing_is_started_if_one_is_not_valid),
        cmocka_unit_test(no_command_can_name_a_pipe),
        cmocka_unit_test(what_is_the_pipelines_is_not_the_commands),
        cmocka_unit_test(without_commands_or_handles_there_is_none),
        cmocka_unit_test(too_few_descriptors_for_the_pipes),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
