/* SPDX-License-Identifier: MIT
 *
 * Starting children for tests, and reading what they saw.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "state.h"
#include "support.h"

fx_mechanism tested_mechanism(void) {
    const char *name = getenv("FORKEXEC_TEST_MECHANISM");
    if (!name || !*name)
        return FX_MECHANISM_AUTO;
    for (fx_mechanism each = FX_MECHANISM_CLONE3; each < FX_MECHANISM_COUNT; each++)
        if (strcmp(fx_mechanism_name(each), name) == 0)
            return each;
    fail_msg("FORKEXEC_TEST_MECHANISM: no mechanism \"%s\"", name);
    return FX_MECHANISM_AUTO;
}

bool tells_by_pipe(void) {
    fx_mechanism mechanism = tested_mechanism();
    return mechanism == FX_MECHANISM_FORK || mechanism == FX_MECHANISM_HELPER;
}

fx_mechanism forking_mechanism(void) {
    return tells_by_pipe() ? tested_mechanism() : FX_MECHANISM_AUTO;
}

fx_mechanism callback_mechanism(void) {
    return tested_mechanism() == FX_MECHANISM_FORK ? FX_MECHANISM_FORK : FX_MECHANISM_AUTO;
}

fx_command command_of(char *const argv[]) {
    return (fx_command){
        .size = sizeof(fx_command),
        .program = argv ? program_path(argv[0]) : NULL,
        .argv = argv,
        .mechanism = tested_mechanism(),
    };
}

static void fail_with(const fx_error *error) {
    char text[FX_MESSAGE_MAX];
    (void)fx_error_message(error, text, sizeof text);
    fail_msg("code %d, step %s: %s", error->code, fx_step_name(error->step), text);
}

fx_child start(const fx_command *command) {
    fx_child child = {.size = sizeof child};
    fx_error error = {.size = sizeof error};
    int result = fx_spawn(command, &child, &error);
    if (result < 0)
        fail_with(&error);
    assert_int_equal(result, 0);
    assert_true(child.pid > 0);
    if (command->mechanism != FX_MECHANISM_AUTO)
        assert_int_equal(child.mechanism, command->mechanism);
    return child;
}

fx_exit finish(fx_child *child) {
    fx_exit end = {.size = sizeof end};
    assert_int_equal(fx_wait(child, -1, 0, &end), 0);
    fx_child_close(child);
    return end;
}

fx_exit run(const fx_command *command) {
    char *before = parent_state();
    fx_child child = start(command);
    fx_exit end = finish(&child);
    assert_unchanged(before);
    free(before);
    return end;
}

void assert_exits(const fx_command *command, int code) {
    fx_exit end = run(command);
    assert_int_equal(end.signal, 0);
    assert_int_equal(end.code, code);
}

/* ---- failures ---- */

static void assert_error(const fx_error *error, int code, fx_step step, const char *subject) {
    if (error->code != -code || error->step != step)
        fail_with(error);
    if (subject)
        assert_string_equal(error->subject, subject);
}

static void assert_not_compiled(const fx_command *command, int code, const char *subject) {
    fx_plan *plan = (void *)&code;
    fx_error error = {.size = sizeof error};
    assert_int_equal(fx_compile(command, &plan, &error), -code);
    assert_null(plan);
    assert_error(&error, code, FX_STEP_COMMAND, subject);
    assert_int_equal(fx_compile(command, &plan, NULL), -code);
}

fx_error assert_fails(const fx_command *command, int code, fx_step step, const char *subject) {
    fx_child child, untouched;
    fx_error error;
    memset(&untouched, 0x5a, sizeof untouched);
    untouched.size = sizeof untouched;
    child = untouched;
    memset(&error, 0x5a, sizeof error);
    error.size = sizeof error;

    char *before = parent_state();
    if (step == FX_STEP_COMMAND)
        assert_not_compiled(command, code, subject);
    int result = fx_spawn(command, &child, &error);
    if (result == 0)
        fail_msg("it was started, pid %d; expected errno %d at %s", (int)child.pid, code,
                 fx_step_name(step));
    assert_error(&error, code, step, subject);
    assert_int_equal(result, -code);
    assert_memory_equal(&child, &untouched, sizeof child);
    assert_unchanged(before);
    /* And without anybody to tell it to. */
    assert_int_equal(fx_spawn(command, &child, NULL), -code);
    assert_unchanged(before);
    free(before);
    return error;
}

void assert_message(const fx_error *error, const char *message) {
    char text[FX_MESSAGE_MAX];
    int length = fx_error_message(error, text, sizeof text);
    assert_string_equal(text, message);
    assert_int_equal(length, strlen(message));
}

/* ---- what a child sees ---- */

char *see(const fx_command *asked) {
    char argument[PATH_MAX + 16];
    /* The child may be anybody when it writes there. */
    const char *path = scratch_file("report", 0666, "");
    (void)snprintf(argument, sizeof argument, "report-to=%s", path);
    fx_command command = *asked;
    command.argv = ARGV("report", argument);
    if (!command.program)
        command.program = program_path("report");

    fx_exit end = run(&command);
    if (end.code != 0)
        fail_msg("the report ended with %d, signal %d", end.code, end.signal);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    char *report = read_all(fd);
    assert_int_equal(unlink(path), 0);
    assert_saw(report, "end");
    return report;
}

static bool has_line(const char *report, const char *line) {
    size_t length = strlen(line);
    for (const char *at = report; *at; at += strcspn(at, "\n") + 1)
        if (strcspn(at, "\n") == length && memcmp(at, line, length) == 0)
            return true;
    return false;
}

__attribute__((format(printf, 1, 0))) static const char *line_of(const char *format, va_list list) {
    static char line[PATH_MAX + 64];
    int length = vsnprintf(line, sizeof line, format, list);
    assert_in_range(length, 0, sizeof line - 1);
    return line;
}

/* The lines that begin with the same word, for the message of a failure. */
static void print_alike(const char *report, const char *line) {
    size_t length = strcspn(line, " ");
    for (const char *at = report; *at; at += strcspn(at, "\n") + 1)
        if (strncmp(at, line, length) == 0 && at[length] == ' ')
            print_error("but: %.*s\n", (int)strcspn(at, "\n"), at);
}

void assert_saw(const char *report, const char *format, ...) {
    va_list list;
    va_start(list, format);
    const char *line = line_of(format, list);
    va_end(list);
    if (has_line(report, line))
        return;
    print_alike(report, line);
    fail_msg("not seen: %s", line);
}

void assert_not_saw(const char *report, const char *format, ...) {
    va_list list;
    va_start(list, format);
    const char *line = line_of(format, list);
    va_end(list);
    if (has_line(report, line))
        fail_msg("seen: %s", line);
}

long long seen_number(const char *report, const char *key, int nth) {
    size_t length = strlen(key);
    for (const char *at = report; *at; at += strcspn(at, "\n") + 1) {
        if (strncmp(at, key, length) != 0 || at[length] != ' ')
            continue;
        char *next = (char *)(uintptr_t)(at + length);
        long long number = 0;
        for (int i = 0; i <= nth; i++)
            number = strtoll(next, &next, 10);
        return number;
    }
    fail_msg("not seen: %s", key);
    return -1;
}

void assert_saw_file(const char *report, int child, int parent) {
    struct stat status;
    assert_int_equal(fstat(parent, &status), 0);
    assert_saw(report, "descriptor %d 0 %d %llu %llu", child, fcntl(parent, F_GETFL) & O_ACCMODE,
               (unsigned long long)status.st_dev, (unsigned long long)status.st_ino);
}
