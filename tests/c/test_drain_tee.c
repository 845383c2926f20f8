/* SPDX-License-Identifier: MIT
 *
 * What the drain writes on to descriptors of the caller's: files, pipes and sockets, and such
 * that nobody reads any more.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "draining.h"

enum { SIZE = MOST_HEARD };

static void assert_holds_pattern(int file, size_t size) {
    unsigned char *bytes = malloc(size + 1);
    assert_non_null(bytes);
    assert_int_equal(pread(file, bytes, size + 1, 0), size);
    assert_pattern(bytes, size, 1, 0);
    free(bytes);
}

static void to_a_file(void **state) {
    (void)state;
    EACH_WAY {
        struct talk talk;
        talk_begin(&talk, ARGV("talk", "out", "300000"));
        int file = new_file();
        talk_tee(&talk, &file, 1);
        talk_run(&talk, 0);
        assert_captured(&talk, 0, SIZE);
        assert_int_equal(talk_output(&talk, 0).tee_code, 0);
        assert_holds_pattern(file, SIZE);
        assert_blocking(file);
        (void)close(file);
        (void)talk_end(&talk);
    }
}

/* ---- somebody who reads ---- */

static void to_a_reader(void (*make)(int ends[2])) {
    struct talk talk;
    struct listener listener;
    int ends[2];
    talk_begin(&talk, ARGV("talk", "out", "300000"));
    make(ends);
    begin_to_listen(&listener, ends[0]);
    talk_tee(&talk, &ends[1], 1);
    talk_run(&talk, 0);
    assert_captured(&talk, 0, SIZE);
    assert_int_equal(talk_output(&talk, 0).tee_code, 0);
    assert_false(talk_state(&talk).held);
    assert_blocking(ends[1]);
    (void)close(ends[1]);
    assert_heard(&listener, SIZE);
    (void)close(ends[0]);
    (void)talk_end(&talk);
}

static void to_a_pipe(void **state) {
    (void)state;
    EACH_WAY to_a_reader(new_pipe);
}

static void to_a_socket(void **state) {
    (void)state;
    EACH_WAY to_a_reader(new_socket);
}

static void to_several_at_once(void **state) {
    (void)state;
    struct talk talk;
    struct listener listener;
    int pipe[2];
    talk_begin(&talk, ARGV("talk", "out", "150000", "err", "150000", "out", "150000"));
    new_pipe(pipe);
    int file = new_file(), fds[3] = {file, pipe[1], open("/dev/null", O_WRONLY | O_CLOEXEC)};
    begin_to_listen(&listener, pipe[0]);
    talk_tee(&talk, fds, 3);
    talk_run(&talk, 0);
    assert_captured(&talk, 0, SIZE);
    assert_captured(&talk, 1, 150000);
    assert_holds_pattern(file, SIZE);
    for (int i = 0; i < 3; i++)
        (void)close(fds[i]);
    assert_heard(&listener, SIZE);
    (void)close(pipe[0]);
    (void)talk_end(&talk);
}

/* Both streams to one file, as a log of all that is said. */
static void two_streams_to_one_file(void **state) {
    (void)state;
    struct talk talk;
    talk_begin(&talk, ARGV("talk", "out", "1000", "err", "2000"));
    int file = new_file();
    for (int i = 0; i < 2; i++) {
        talk.outputs[i].tee = &file;
        talk.outputs[i].tee_count = 1;
        talk.outputs[i].store = false;
    }
    talk_run(&talk, 0);
    assert_int_equal(lseek(file, 0, SEEK_CUR), 3000);
    (void)close(file);
    (void)talk_end(&talk);
}

/* ---- those that do not take it ---- */

static volatile sig_atomic_t caught;
static void catch (int number) { caught = number; }

/* It is left out: the others, and the memory, get everything. */
static void to_one_without_a_reader(void (*make)(int ends[2])) {
    struct talk talk;
    int ends[2];
    caught = 0;
    (void)signal(SIGPIPE, catch);
    talk_begin(&talk, ARGV("talk", "out", "300000"));
    make(ends);
    int file = new_file(), fds[2] = {ends[1], file};
    (void)close(ends[0]);
    talk_tee(&talk, fds, 2);
    talk_run(&talk, 0);
    assert_captured(&talk, 0, SIZE);
    assert_int_equal(talk_output(&talk, 0).tee_code, -EPIPE);
    assert_int_equal(talk_output(&talk, 1).tee_code, 0);
    assert_int_equal(talk_state(&talk).ending, FX_ENDING_EXIT);
    assert_int_equal(caught, 0);
    assert_holds_pattern(file, SIZE);
    (void)close(ends[1]);
    (void)close(file);
    assert_int_equal(talk_end(&talk).code, 0);
    (void)signal(SIGPIPE, SIG_DFL);
}

static void to_a_pipe_without_a_reader(void **state) {
    (void)state;
    EACH_WAY to_one_without_a_reader(new_pipe);
}

static void to_a_socket_without_a_reader(void **state) {
    (void)state;
    EACH_WAY to_one_without_a_reader(new_socket);
}

static void to_one_that_is_not_open_for_writing(void **state) {
    (void)state;
    struct talk talk;
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    talk_begin(&talk, ARGV("talk", "out", "1000"));
    talk_tee(&talk, &null, 1);
    talk_run(&talk, 0);
    assert_captured(&talk, 0, 1000);
    assert_int_equal(talk_output(&talk, 0).tee_code, -EBADF);
    (void)talk_end(&talk);
    (void)close(null);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(to_a_file),
        cmocka_unit_test(to_a_pipe),
        cmocka_unit_test(to_a_socket),
        cmocka_unit_test(to_several_at_once),
        cmocka_unit_test(two_streams_to_one_file),
        cmocka_unit_test(to_a_pipe_without_a_reader),
        cmocka_unit_test(to_a_socket_without_a_reader),
        cmocka_unit_test(to_one_that_is_not_open_for_writing),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
