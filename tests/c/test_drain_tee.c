/* SPDX-License-Identifier: MIT
 *
 * What the drain writes on to descriptors of the caller's: files, pipes and sockets, slow ones,
 * full ones and such that nobody reads any more.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "draining.h"

enum { SIZE = 300000 };

static void pass_on(struct talk *talk, const int *fds, size_t count) {
    for (int i = 0; i < 2; i++) {
        talk->outputs[i].tee = fds;
        talk->outputs[i].tee_count = i == 0 ? count : 0;
    }
}

/* The caller's descriptor stays as it was. */
static void assert_blocking(int fd) { assert_false(fcntl(fd, F_GETFL) & O_NONBLOCK); }

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
        pass_on(&talk, &file, 1);
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

struct listener {
    pthread_t thread;
    int fd;
    size_t size;
    char *text;
};

/* In small pieces, so that the writer has to wait for room. */
static void *listen_to(void *argument) {
    struct listener *listener = argument;
    listener->text = malloc(SIZE + 1);
    for (;;) {
        size_t room = SIZE + 1 - listener->size;
        ssize_t size =
            read(listener->fd, listener->text + listener->size, room < 5000 ? room : 5000);
        if (size <= 0)
            return NULL;
        listener->size += (size_t)size;
    }
}

static void begin_to_listen(struct listener *listener, int fd) {
    *listener = (struct listener){.fd = fd};
    assert_int_equal(pthread_create(&listener->thread, NULL, listen_to, listener), 0);
}

static void assert_heard(struct listener *listener, size_t size) {
    assert_int_equal(pthread_join(listener->thread, NULL), 0);
    assert_int_equal(listener->size, size);
    assert_pattern(listener->text, size, 1, 0);
    free(listener->text);
}

static void new_socket(int ends[2]) {
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    for (int i = 0; i < 2; i++)
        assert_int_equal(fcntl(ends[i], F_SETFD, FD_CLOEXEC), 0);
}

static void to_a_reader(void (*make)(int ends[2])) {
    struct talk talk;
    struct listener listener;
    int ends[2];
    talk_begin(&talk, ARGV("talk", "out", "300000"));
    make(ends);
    begin_to_listen(&listener, ends[0]);
    pass_on(&talk, &ends[1], 1);
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
    pass_on(&talk, fds, 3);
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
    pass_on(&talk, fds, 2);
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
    pass_on(&talk, &null, 1);
    talk_run(&talk, 0);
    assert_captured(&talk, 0, 1000);
    assert_int_equal(talk_output(&talk, 0).tee_code, -EBADF);
    (void)talk_end(&talk);
    (void)close(null);
}

/* Without waiting for room; how many bytes it took. */
static size_t fill(int fd) {
    static char bytes[4096];
    size_t size = 0;
    int flags = fcntl(fd, F_GETFL);
    assert_int_equal(fcntl(fd, F_SETFL, flags | O_NONBLOCK), 0);
    for (ssize_t written; (written = write(fd, bytes, sizeof bytes)) > 0;)
        size += (size_t)written;
    assert_int_equal(fcntl(fd, F_SETFL, flags), 0);
    return size;
}

/* The child stands still, but not the clock. */
static void the_deadline_comes_although_one_is_full(void **state) {
    (void)state;
    void (*const makes[])(int ends[2]) = {new_pipe, new_socket};
    EACH_WAY
    for (int i = 0; i < 2; i++) {
        struct talk talk;
        int ends[2];
        talk_begin(&talk, ARGV("talk", "out", "300000", "await", "3"));
        makes[i](ends);
        assert_true(fill(ends[1]) > 0);
        pass_on(&talk, &ends[1], 1);
        talk.options.timeout = (fx_count)FX_COUNT(20);
        talk.options.linger = (fx_count)FX_COUNT(0);
        talk_run(&talk, 0);
        assert_int_equal(talk_state(&talk).ending, FX_ENDING_TIMEOUT);
        assert_int_equal(talk_output(&talk, 0).tee_code, -ETIMEDOUT);
        assert_blocking(ends[1]);
        (void)close(ends[0]);
        (void)close(ends[1]);
        assert_int_equal(talk_end(&talk).signal, SIGTERM);
    }
}

/* When the child has ended by itself it is waited for, until somebody has had enough of that. */
static void nothing_is_lost_beside_one_that_is_full(void **state) {
    (void)state;
    EACH_WAY
    for (int by_stop = 0; by_stop < 2; by_stop++) {
        struct talk talk;
        int ends[2];
        talk_begin(&talk, ARGV("talk", "out", "100", "err", "100", "out", "50000"));
        new_pipe(ends);
        (void)fill(ends[1]);
        pass_on(&talk, &ends[1], 1);
        talk.options.linger = (fx_count)FX_COUNT(0);
        if (!by_stop)
            talk.options.timeout = (fx_count)FX_COUNT(200);
        talk_open(&talk);
        if (by_stop) {
            assert_int_equal(fx_wait(&talk.child, LONG, FX_WAIT_NO_REAP, NULL), 0);
            assert_int_equal(fx_drain_run(talk.drain, 20, 0), -ETIMEDOUT);
            assert_int_equal(talk_output(&talk, 0).tee_code, 0);
            fx_drain_stop(talk.drain);
        }
        talk_run(&talk, 0);
        assert_captured(&talk, 0, 50100);
        assert_int_equal(talk_output(&talk, 0).tee_code, -ETIMEDOUT);
        /* It was the tee that was waited for, and nobody else. */
        assert_false(talk_state(&talk).held);
        assert_int_equal(talk_state(&talk).ending, FX_ENDING_EXIT);
        (void)close(ends[0]);
        (void)close(ends[1]);
        assert_int_equal(talk_end(&talk).code, 0);
    }
}

/* However short the linger is, a reader that does read gets everything. */
static void a_slow_one_is_waited_for(void **state) {
    (void)state;
    EACH_WAY {
        struct talk talk;
        struct listener listener;
        int ends[2];
        talk_begin(&talk, ARGV("talk", "out", "60000"));
        new_pipe(ends);
        size_t before = fill(ends[1]);
        pass_on(&talk, &ends[1], 1);
        talk.options.linger = (fx_count)FX_COUNT(0);
        talk_open(&talk);
        assert_int_equal(fx_wait(&talk.child, LONG, FX_WAIT_NO_REAP, NULL), 0);
        assert_int_equal(fx_drain_run(talk.drain, 20, 0), -ETIMEDOUT);
        for (char bytes[4096]; before > 0; before -= sizeof bytes)
            assert_int_equal(read(ends[0], bytes, sizeof bytes), sizeof bytes);
        begin_to_listen(&listener, ends[0]);
        talk_run(&talk, 0);
        assert_captured(&talk, 0, 60000);
        assert_int_equal(talk_output(&talk, 0).tee_code, 0);
        (void)close(ends[1]);
        assert_heard(&listener, 60000);
        (void)close(ends[0]);
        (void)talk_end(&talk);
    }
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
        cmocka_unit_test(the_deadline_comes_although_one_is_full),
        cmocka_unit_test(nothing_is_lost_beside_one_that_is_full),
        cmocka_unit_test(a_slow_one_is_waited_for),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
