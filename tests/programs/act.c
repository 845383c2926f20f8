/* SPDX-License-Identifier: MIT
 *
 * A child that does one thing:
 *
 *     act exit STATUS     ends with this status
 *     act signal NUMBER   ends by this signal
 *     act hold            lives until the end of standard input, then ends with 0
 *     act stubborn        the same, and ignores SIGTERM; says "ready" first
 *     act stop            stops itself, and ends with 0 when continued
 *     act copy            copies standard input to standard output
 *     act say OUT ERR     writes OUT to standard output and ERR to standard error
 *     act count           ends with the number of descriptors from 3 up that are open, at most 100
 *     act terminal        ends with 0 if its group is in the foreground of its terminal, 1 if
 *                         in the background, 2 if it has no terminal
 *     act leave           ends at once, leaving a grandchild that lives until the end of input
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { MISUSED = 119, FAILED = 118 };

static void write_all(int fd, const char *data, size_t size) {
    while (size > 0) {
        ssize_t written = write(fd, data, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            _exit(FAILED);
        data += written;
        size -= (size_t)written;
    }
}

static int copy(int to) {
    static char buffer[65536];
    for (;;) {
        ssize_t size = read(STDIN_FILENO, buffer, sizeof buffer);
        if (size < 0 && errno == EINTR)
            continue;
        if (size <= 0)
            return size < 0 ? FAILED : 0;
        if (to >= 0)
            write_all(to, buffer, (size_t)size);
    }
}

static int die_of(int number) {
    /* No core file in whatever directory the test runs in. */
    (void)setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    (void)signal(number, SIG_DFL);
    (void)raise(number);
    return FAILED;
}

/* One system call for a thousand: the program is to be fast. */
static int count_open(void) {
    enum { FIRST = 3, NUMBERS = 4096, MOST = 100 };
    static struct pollfd polled[NUMBERS];
    int count = 0;
    struct rlimit limit = {NUMBERS, NUMBERS};
    (void)getrlimit(RLIMIT_NOFILE, &limit);
    nfds_t numbers = limit.rlim_cur < NUMBERS ? (nfds_t)limit.rlim_cur : NUMBERS;
    for (nfds_t i = 0; i < numbers; i++)
        polled[i].fd = FIRST + (int)i;
    if (poll(polled, numbers, 0) < 0)
        return FAILED;
    for (nfds_t i = 0; i < numbers; i++)
        count += !(polled[i].revents & POLLNVAL);
    return count < MOST ? count : MOST;
}

static int place_at_terminal(void) {
    int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC);
    if (terminal < 0)
        return 2;
    return tcgetpgrp(terminal) == getpgrp() ? 0 : 1;
}

int main(int argc, char **argv) {
    const char *action = argc > 1 ? argv[1] : "";
    if (strcmp(action, "exit") == 0 && argc == 3)
        return atoi(argv[2]);
    if (strcmp(action, "signal") == 0 && argc == 3)
        return die_of(atoi(argv[2]));
    if (strcmp(action, "hold") == 0)
        return copy(-1);
    if (strcmp(action, "stubborn") == 0) {
        (void)signal(SIGTERM, SIG_IGN);
        write_all(STDOUT_FILENO, "ready", 5);
        return copy(-1);
    }
    if (strcmp(action, "stop") == 0) {
        (void)raise(SIGSTOP);
        return 0;
    }
    if (strcmp(action, "copy") == 0)
        return copy(STDOUT_FILENO);
    if (strcmp(action, "say") == 0 && argc == 4) {
        write_all(STDOUT_FILENO, argv[2], strlen(argv[2]));
        write_all(STDERR_FILENO, argv[3], strlen(argv[3]));
        return 0;
    }
    if (strcmp(action, "count") == 0)
        return count_open();
    if (strcmp(action, "terminal") == 0)
        return place_at_terminal();
    if (strcmp(action, "leave") == 0) {
        pid_t pid = fork();
        return pid == 0 ? copy(-1) : pid < 0 ? FAILED : 0;
    }
    return MISUSED;
}
