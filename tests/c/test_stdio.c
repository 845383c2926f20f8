/* SPDX-License-Identifier: MIT
 *
 * Standard input, output and error.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"

static void all_are_inherited(void **state) {
    (void)state;
    fx_command command = command_of(NULL);
    char *report = see(&command);
    for (int fd = 0; fd < 3; fd++)
        assert_saw_file(report, fd, fd);
    assert_saw(report, "descriptors 0 1 2");
    free(report);
}

static void null_is_dev_null(void **state) {
    (void)state;
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    fx_command command = command_of(NULL);
    for (int fd = 0; fd < 3; fd++)
        command.stdio[fd].kind = FX_STDIO_NULL;
    char *report = see(&command);
    for (int fd = 0; fd < 3; fd++)
        assert_saw_file(report, fd, null);
    assert_saw(report, "descriptors 0 1 2");
    free(report);
    (void)close(null);
}

static void pipes_carry_both_ways(void **state) {
    (void)state;
    fx_command command = command_of(ARGV("act", "copy"));
    command.stdio[0].kind = FX_STDIO_PIPE;
    command.stdio[1].kind = FX_STDIO_PIPE;
    fx_child child = start(&command);
    assert_int_equal(child.stdio[2], -1);
    for (int fd = 0; fd < 2; fd++)
        assert_int_equal(fcntl(child.stdio[fd], F_GETFD), FD_CLOEXEC);
    assert_int_equal(write(child.stdio[0], "hello", 5), 5);
    (void)close(child.stdio[0]);
    char *output = read_all(child.stdio[1]);
    child.stdio[0] = child.stdio[1] = -1;
    assert_string_equal(output, "hello");
    assert_int_equal(finish(&child).code, 0);
    free(output);
}

static void output_and_error_are_apart(void **state) {
    (void)state;
    fx_command command = command_of(ARGV("act", "say", "out", "err"));
    command.stdio[1].kind = FX_STDIO_PIPE;
    command.stdio[2].kind = FX_STDIO_PIPE;
    fx_child child = start(&command);
    char *output = read_all(child.stdio[1]), *error = read_all(child.stdio[2]);
    child.stdio[1] = child.stdio[2] = -1;
    assert_string_equal(output, "out");
    assert_string_equal(error, "err");
    (void)finish(&child);
    free(output);
    free(error);
}

static void one_may_go_where_the_other_goes(void **state) {
    (void)state;
    for (int which = 1; which < 3; which++) {
        fx_command command = command_of(ARGV("act", "say", "out", "err"));
        command.stdio[which].kind = FX_STDIO_PIPE;
        command.stdio[3 - which].kind = which == 1 ? FX_STDIO_STDOUT : FX_STDIO_STDERR;
        fx_child child = start(&command);
        assert_int_equal(child.stdio[3 - which], -1);
        char *output = read_all(child.stdio[which]);
        child.stdio[which] = -1;
        assert_string_equal(output, "outerr");
        (void)finish(&child);
        free(output);
    }
}

/* "Where the other goes", whatever that is: inherited, /dev/null, a descriptor. */
static void following_works_for_every_kind(void **state) {
    (void)state;
    int file = new_file(), null = open("/dev/null", O_RDWR | O_CLOEXEC);
    const struct {
        fx_stdio stream;
        int meant;
    } cases[] = {
        {{.kind = FX_STDIO_INHERIT}, 1},
        {{.kind = FX_STDIO_NULL}, null},
        {{.kind = FX_STDIO_DESCRIPTOR, .descriptor = file}, file},
        {{.kind = FX_STDIO_DESCRIPTOR, .descriptor = 2}, 2},
        {{.kind = FX_STDIO_DESCRIPTOR, .descriptor = 0}, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fx_command command = command_of(NULL);
        command.stdio[1] = cases[i].stream;
        command.stdio[2].kind = FX_STDIO_STDOUT;
        char *report = see(&command);
        assert_saw_file(report, 1, cases[i].meant);
        assert_saw_file(report, 2, cases[i].meant);
        free(report);
    }
    (void)close(file);
    (void)close(null);
}

static void output_and_error_change_places(void **state) {
    (void)state;
    int out = new_file(), error = new_file();
    int saved[2] = {fcntl(1, F_DUPFD_CLOEXEC, 3), fcntl(2, F_DUPFD_CLOEXEC, 3)};
    assert_int_equal(dup2(out, 1), 1);
    assert_int_equal(dup2(error, 2), 2);
    fx_command command = command_of(NULL);
    command.stdio[1] = (fx_stdio){.kind = FX_STDIO_DESCRIPTOR, .descriptor = 2};
    command.stdio[2] = (fx_stdio){.kind = FX_STDIO_DESCRIPTOR, .descriptor = 1};
    char *report = see(&command);
    assert_int_equal(dup2(saved[0], 1), 1);
    assert_int_equal(dup2(saved[1], 2), 2);
    (void)close(saved[0]);
    (void)close(saved[1]);
    assert_saw_file(report, 1, error);
    assert_saw_file(report, 2, out);
    free(report);
    (void)close(out);
    (void)close(error);
}

static void one_descriptor_feeds_all_three(void **state) {
    (void)state;
    int file = new_file();
    fx_command command = command_of(NULL);
    for (int fd = 0; fd < 3; fd++)
        command.stdio[fd] = (fx_stdio){.kind = FX_STDIO_DESCRIPTOR, .descriptor = file};
    char *report = see(&command);
    for (int fd = 0; fd < 3; fd++)
        assert_saw_file(report, fd, file);
    assert_saw(report, "descriptors 0 1 2");
    free(report);
    (void)close(file);
}

/* gotcha 25: asking for stream n to be descriptor n must take its close-on-exec away */
static void a_stream_may_be_its_own_number(void **state) {
    (void)state;
    for (int fd = 0; fd < 3; fd++) {
        int flags = fcntl(fd, F_GETFD);
        assert_int_equal(fcntl(fd, F_SETFD, FD_CLOEXEC), 0);
        fx_command command = command_of(NULL);
        command.stdio[fd] = (fx_stdio){.kind = FX_STDIO_DESCRIPTOR, .descriptor = fd};
        char *report = see(&command);
        assert_saw_file(report, fd, fd);
        free(report);
        /* An inherited one arrives as well. */
        command.stdio[fd] = (fx_stdio){.kind = FX_STDIO_INHERIT};
        report = see(&command);
        assert_saw_file(report, fd, fd);
        free(report);
        assert_int_equal(fcntl(fd, F_SETFD, flags), 0);
    }
}

/* Close some of 0, 1, 2, run `look`, and put them back. */
static char *see_without(const fx_command *command, unsigned int closed) {
    int saved[3], flags[3];
    for (int fd = 0; fd < 3; fd++) {
        flags[fd] = fcntl(fd, F_GETFD);
        saved[fd] = fcntl(fd, F_DUPFD_CLOEXEC, 50);
    }
    for (int fd = 0; fd < 3; fd++)
        if (closed & 1U << fd)
            (void)close(fd);
    char *report = see(command);
    for (int fd = 0; fd < 3; fd++) {
        assert_int_equal(dup2(saved[fd], fd), fd);
        assert_int_equal(fcntl(fd, F_SETFD, flags[fd]), 0);
        (void)close(saved[fd]);
    }
    return report;
}

static void what_is_closed_stays_closed(void **state) {
    (void)state;
    static const char *const seen[] = {"", " 0", " 1", " 0 1", " 2", " 0 2", " 1 2", " 0 1 2"};
    for (unsigned int closed = 1; closed < 8; closed++) {
        fx_command command = command_of(NULL);
        char *report = see_without(&command, closed);
        assert_saw(report, "descriptors%s", seen[7 - closed]);
        free(report);
    }
}

/* gotcha 26: the parent's own 0, 1, 2 may be closed, so our pipes land there */
static void pipes_may_land_on_closed_streams(void **state) {
    (void)state;
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (unsigned int closed = 1; closed < 8; closed++)
        for (unsigned int piped = 0; piped < 27; piped++) {
            static const fx_stdio_kind kinds[3] = {FX_STDIO_NULL, FX_STDIO_PIPE, FX_STDIO_INHERIT};
            const unsigned int choice[3] = {piped % 3, piped / 3 % 3, piped / 9};
            fx_command command = command_of(NULL);
            char expected[32] = "descriptors", number[3] = " 0";
            for (int fd = 0; fd < 3; fd++) {
                command.stdio[fd].kind = kinds[choice[fd]];
                number[1] = (char)('0' + fd);
                if (choice[fd] < 2 || !(closed & 1U << fd))
                    (void)strcat(expected, number);
            }
            char *report = see_without(&command, closed);
            assert_saw(report, "%s", expected);
            for (int fd = 0; fd < 3; fd++)
                if (choice[fd] == 0)
                    assert_saw_file(report, fd, null);
            free(report);
        }
    (void)close(null);
}

/* gotcha 31: O_NONBLOCK belongs to the open file; a start must not touch it */
static void blocking_mode_is_left_alone(void **state) {
    (void)state;
    int ends[2];
    new_pipe(ends);
    for (int i = 0; i < 2; i++)
        assert_int_equal(fcntl(ends[i], F_SETFL, O_NONBLOCK), 0);
    fx_command command = command_of(NULL);
    command.stdio[0] = (fx_stdio){.kind = FX_STDIO_DESCRIPTOR, .descriptor = ends[0]};
    command.stdio[1].kind = FX_STDIO_PIPE;
    free(see(&command));
    assert_true(fcntl(ends[0], F_GETFL) & O_NONBLOCK);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_are_inherited),
        cmocka_unit_test(null_is_dev_null),
        cmocka_unit_test(pipes_carry_both_ways),
        cmocka_unit_test(output_and_error_are_apart),
        cmocka_unit_test(one_may_go_where_the_other_goes),
        cmocka_unit_test(following_works_for_every_kind),
        cmocka_unit_test(output_and_error_change_places),
        cmocka_unit_test(one_descriptor_feeds_all_three),
        cmocka_unit_test(a_stream_may_be_its_own_number),
        cmocka_unit_test(what_is_closed_stays_closed),
        cmocka_unit_test(pipes_may_land_on_closed_streams),
        cmocka_unit_test(blocking_mode_is_left_alone),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
