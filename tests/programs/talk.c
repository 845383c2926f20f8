/* SPDX-License-Identifier: MIT
 *
 * A child that does what its arguments say, one after the other:
 *
 *     chunk N      writes at most so many bytes at once from here on (65,521)
 *     out N        N bytes of the pattern to standard output; what comes later goes on with it
 *     err N        the same to standard error
 *     say TEXT     this to standard output
 *     close FD     closes a descriptor
 *     read         reads standard input to its end
 *     take N       reads N bytes of it
 *     echo         copies it to standard output
 *     await FD     waits for the end of this descriptor
 *     flood        writes to standard output for ever
 *     ignore       ignores SIGTERM from here on
 *     last N       at SIGTERM writes N bytes to standard output, and ends with 3
 *     leave        ends with 0; a grandchild does the rest
 *     split        waits for the end of descriptor 3, and a grandchild does the rest
 *     exit N       ends with N; so does, with 0, the last of the arguments
 *     signal N     ends by this signal
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "pattern.h"

enum { MISUSED = 119, FAILED = 118, AT_TERM = 3 };

static unsigned char patterns[3][2 * PATTERN_PERIOD];
static unsigned long long places[3];
static size_t chunk = PATTERN_PERIOD;
static unsigned long long last;

static void write_all(int fd, const void *data, size_t size) {
    const char *at = data;
    while (size > 0) {
        ssize_t written = write(fd, at, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            _exit(FAILED);
        at += written;
        size -= (size_t)written;
    }
}

static void make_pattern(int stream) {
    for (size_t i = 0; i < sizeof patterns[stream]; i++)
        patterns[stream][i] = pattern_byte(stream, i);
}

static void talk(int stream, unsigned long long size) {
    while (size > 0) {
        size_t now = size < chunk ? (size_t)size : chunk;
        const unsigned char *bytes = patterns[stream] + places[stream] % PATTERN_PERIOD;
        /* Before it is written: whoever has read it may send SIGTERM at once. */
        places[stream] += now;
        write_all(stream, bytes, now);
        size -= now;
    }
}

static void at_term(int number) {
    (void)number;
    talk(STDOUT_FILENO, last);
    _exit(AT_TERM);
}

static void copy(int from, int to, unsigned long long most) {
    static char buffer[65536];
    while (most > 0) {
        ssize_t size = read(from, buffer, most < sizeof buffer ? (size_t)most : sizeof buffer);
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            _exit(FAILED);
        if (size == 0)
            return;
        most -= (unsigned long long)size;
        if (to >= 0)
            write_all(to, buffer, (size_t)size);
    }
}

/* A grandchild goes on. */
static void leave(int until) {
    pid_t pid = fork();
    if (pid < 0)
        _exit(FAILED);
    if (pid == 0)
        return;
    if (until >= 0)
        copy(until, -1, ~0ULL);
    _exit(0);
}

static void die_of(int number) {
    /* No core file in whatever directory the test runs in. */
    (void)setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    (void)signal(number, SIG_DFL);
    (void)raise(number);
}

/* Those with an argument. */
static void do_with(const char *action, const char *text) {
    unsigned long long number = strtoull(text, NULL, 10);
    if (strcmp(action, "chunk") == 0) {
        chunk = number < PATTERN_PERIOD ? (size_t)number : PATTERN_PERIOD;
    } else if (strcmp(action, "out") == 0) {
        talk(STDOUT_FILENO, number);
    } else if (strcmp(action, "err") == 0) {
        talk(STDERR_FILENO, number);
    } else if (strcmp(action, "say") == 0) {
        write_all(STDOUT_FILENO, text, strlen(text));
    } else if (strcmp(action, "close") == 0) {
        (void)close((int)number);
    } else if (strcmp(action, "take") == 0) {
        copy(STDIN_FILENO, -1, number);
    } else if (strcmp(action, "await") == 0) {
        copy((int)number, -1, ~0ULL);
    } else if (strcmp(action, "last") == 0) {
        last = number;
        (void)signal(SIGTERM, at_term);
    } else if (strcmp(action, "exit") == 0) {
        _exit((int)number);
    } else if (strcmp(action, "signal") == 0) {
        die_of((int)number);
    } else {
        _exit(MISUSED);
    }
}

static int do_alone(const char *action) {
    if (strcmp(action, "read") == 0)
        copy(STDIN_FILENO, -1, ~0ULL);
    else if (strcmp(action, "echo") == 0)
        copy(STDIN_FILENO, STDOUT_FILENO, ~0ULL);
    else if (strcmp(action, "ignore") == 0)
        (void)signal(SIGTERM, SIG_IGN);
    else if (strcmp(action, "leave") == 0)
        leave(-1);
    else if (strcmp(action, "split") == 0)
        leave(3);
    else if (strcmp(action, "flood") == 0)
        talk(STDOUT_FILENO, ~0ULL);
    else
        return 0;
    return 1;
}

int main(int argc, char **argv) {
    make_pattern(STDOUT_FILENO);
    make_pattern(STDERR_FILENO);
    for (int i = 1; i < argc; i++) {
        if (do_alone(argv[i]))
            continue;
        if (i + 1 == argc)
            return MISUSED;
        do_with(argv[i], argv[i + 1]);
        i++;
    }
    return 0;
}
