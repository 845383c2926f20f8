/* SPDX-License-Identifier: MIT */
#include "tee.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

enum {
    /* A pipe that poll(2) calls writable takes a page (POSIX: PIPE_BUF); */
    PIPE_CHUNK = 4096,
    /* a terminal, what is left of a buffer that is rarely shorter than this. */
    TERMINAL_CHUNK = 256
};

void fx_tee_begin(struct fx_tee *tee, int fd) {
    struct stat status;
    int flags = fcntl(fd, F_GETFL);
    *tee = (struct fx_tee){.fd = fd, .most = PIPE_CHUNK};
    if (flags >= 0 && flags & O_NONBLOCK)
        tee->most = SIZE_MAX;
    if (fstat(fd, &status) < 0)
        return;
    bool is_terminal = S_ISCHR(status.st_mode) && isatty(fd);
    tee->is_socket = S_ISSOCK(status.st_mode);
    tee->is_file = S_ISREG(status.st_mode) || S_ISBLK(status.st_mode) ||
                   (S_ISCHR(status.st_mode) && !is_terminal);
    if (is_terminal && tee->most == PIPE_CHUNK)
        tee->most = TERMINAL_CHUNK;
}

static bool has_room(int fd) {
    struct pollfd polled = {.fd = fd, .events = POLLOUT};
    return poll(&polled, 1, 0) != 0;
}

static ssize_t write_some(const struct fx_tee *tee, const unsigned char *data, size_t size) {
    if (tee->is_socket)
        return send(tee->fd, data, size, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (tee->is_file)
        return write(tee->fd, data, size);
    if (!has_room(tee->fd)) {
        errno = EAGAIN;
        return -1;
    }
    return write(tee->fd, data, size < tee->most ? size : tee->most);
}

int fx_tee_write(struct fx_tee *tee, const unsigned char *data, size_t size) {
    while (tee->done < size) {
        ssize_t written = write_some(tee, data + tee->done, size - tee->done);
        if (written >= 0)
            tee->done += (size_t)written;
        else if (errno == EAGAIN || errno == EWOULDBLOCK)
            return 0;
        else if (errno != EINTR)
            return -errno;
    }
    return 0;
}
