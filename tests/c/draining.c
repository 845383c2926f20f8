/* SPDX-License-Identifier: MIT */
#include "draining.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../programs/pattern.h"
#include "state.h"

int by_pid;

void talk_begin(struct talk *talk, char *const argv[]) { talk_start(talk, command_of(argv)); }

void talk_start(struct talk *talk, fx_command command) {
    int control[2];
    memset(talk, 0, sizeof *talk);
    talk->before = parent_state();
    new_pipe(control);
    talk->control = control[1];
    for (int fd = 0; fd < 3; fd++)
        command.stdio[fd].kind = FX_STDIO_PIPE;
    command.map = &(fx_map){.child = 3, .parent = control[0]};
    command.map_count = 1;
    command.without_pidfd = by_pid;
    talk->child = start(&command);
    (void)close(control[0]);

    talk->children[0] = &talk->child;
    for (int i = 0; i < 2; i++)
        talk->outputs[i] = (fx_output){.descriptor = talk->child.stdio[i + 1], .store = true};
    talk->options = (fx_drain_options){
        .size = sizeof talk->options,
        .children = talk->children,
        .child_count = 1,
        .outputs = talk->outputs,
        .output_count = 2,
    };
}

void talk_feed(struct talk *talk, const void *data, size_t size) {
    talk->input = (fx_input){.descriptor = talk->child.stdio[0], .data = data, .size = size};
    talk->options.input = &talk->input;
}

void talk_close_input(struct talk *talk) {
    if (talk->child.stdio[0] >= 0)
        (void)close(talk->child.stdio[0]);
    talk->child.stdio[0] = -1;
}

void talk_open(struct talk *talk) {
    if (!talk->drain)
        assert_int_equal(fx_drain_open(&talk->options, &talk->drain), 0);
    assert_non_null(talk->drain);
}

void talk_run(struct talk *talk, int result) {
    talk_open(talk);
    assert_int_equal(fx_drain_run(talk->drain, LONG, 0), result);
}

void talk_until(struct talk *talk, size_t output, unsigned long long seen) {
    talk_open(talk);
    while (talk_output(talk, output).seen < seen)
        assert_int_equal(fx_drain_run(talk->drain, 1, 0), -ETIMEDOUT);
}

void talk_release(struct talk *talk) {
    if (talk->control >= 0)
        (void)close(talk->control);
    talk->control = -1;
}

fx_drain_state talk_state(const struct talk *talk) {
    fx_drain_state state = {.size = sizeof state};
    fx_drain_look(talk->drain, &state);
    assert_int_equal(state.size, sizeof state);
    return state;
}

fx_drained talk_output(const struct talk *talk, size_t n) {
    fx_drained drained = {.size = sizeof drained};
    assert_int_equal(fx_drain_look_at_output(talk->drain, n, &drained), 0);
    assert_int_equal(drained.size, sizeof drained);
    return drained;
}

fx_exit talk_end(struct talk *talk) {
    fx_drain_close(talk->drain);
    talk_close_input(talk);
    talk_release(talk);
    fx_exit end = finish(&talk->child);
    assert_unchanged(talk->before);
    free(talk->before);
    return end;
}

void assert_pattern(const void *data, size_t size, int stream, unsigned long long place) {
    const unsigned char *bytes = data;
    for (size_t i = 0; i < size; i++)
        if (bytes[i] != pattern_byte(stream, place + i))
            fail_msg("byte %zu of stream %d is not byte %llu of the pattern", i, stream, place + i);
}

void assert_captured(const struct talk *talk, size_t output, size_t size) {
    fx_drained drained = talk_output(talk, output);
    assert_int_equal(drained.seen, size);
    assert_int_equal(drained.kept, size);
    assert_int_equal(drained.head, size);
    assert_int_equal(drained.code, 0);
    assert_true(drained.complete);
    assert_pattern(drained.data, size, (int)output + 1, 0);
}

void assert_reaped(const fx_child *child) {
    siginfo_t info;
    assert_int_equal(waitid(P_PID, (id_t)child->pid, &info, WEXITED | WNOHANG | WNOWAIT), -1);
    assert_int_equal(errno, ECHILD);
}

unsigned char *new_pattern(size_t size) {
    unsigned char *bytes = malloc(size + 1);
    assert_non_null(bytes);
    for (size_t i = 0; i < size; i++)
        bytes[i] = pattern_byte(STDOUT_FILENO, i);
    return bytes;
}

/* ---- tees ---- */

void talk_tee(struct talk *talk, const int *fds, size_t count) {
    for (int i = 0; i < 2; i++) {
        talk->outputs[i].tee = fds;
        talk->outputs[i].tee_count = i == 0 ? count : 0;
    }
}

void assert_blocking(int fd) { assert_false(fcntl(fd, F_GETFL) & O_NONBLOCK); }

/* In small pieces, so that the writer has to wait for room. */
static void *listen_to(void *argument) {
    struct listener *listener = argument;
    listener->text = malloc(MOST_HEARD + 1);
    for (;;) {
        size_t room = MOST_HEARD + 1 - listener->size;
        ssize_t size =
            read(listener->fd, listener->text + listener->size, room < 5000 ? room : 5000);
        if (size <= 0)
            return NULL;
        listener->size += (size_t)size;
    }
}

void begin_to_listen(struct listener *listener, int fd) {
    *listener = (struct listener){.fd = fd};
    assert_int_equal(pthread_create(&listener->thread, NULL, listen_to, listener), 0);
}

void assert_heard(struct listener *listener, size_t size) {
    assert_int_equal(pthread_join(listener->thread, NULL), 0);
    assert_int_equal(listener->size, size);
    assert_pattern(listener->text, size, 1, 0);
    free(listener->text);
}

void new_socket(int ends[2]) {
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    for (int i = 0; i < 2; i++)
        assert_int_equal(fcntl(ends[i], F_SETFD, FD_CLOEXEC), 0);
}
