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
 *     act burn MS         ends when it has used so much of a processor
 *     act touch BYTES     writes to so much memory
 *     act family WORD...  does what the words say, one after the other:
 *             ignore      ignores SIGTERM
 *             heir        at SIGTERM ends, but leaves another, which ignores it
 *             group       leads a process group
 *             session     leads a session
 *             fork        the child goes on with the next word, the parent no further
 *             orphan      the same, and the parent ends before that
 *             chain       forks, and the child as well, and so on, 200 times
 *         Each that has not ended then says "r", lives until the end of input, and says "e".
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
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

static int burn(long milliseconds) {
    struct rusage used;
    do
        (void)getrusage(RUSAGE_SELF, &used);
    while ((used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000 +
               (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1000 <
           milliseconds);
    return 0;
}

static int touch(size_t size) {
    volatile char *memory = malloc(size);
    if (!memory)
        return FAILED;
    for (size_t i = 0; i < size; i += 1024)
        memory[i] = 1;
    return memory[size / 2] == 1 ? 0 : 1;
}

static int live_as_family(void) {
    write_all(STDOUT_FILENO, "r", 1);
    int result = copy(-1);
    write_all(STDOUT_FILENO, "e", 1);
    return result;
}

static void leave_heir(int number) {
    (void)signal(number, SIG_IGN);
    pid_t pid = fork();
    _exit(pid == 0 ? live_as_family() : pid < 0 ? FAILED : 0);
}

/* Whether this is the child; that of a parent who is to end goes on when it is an orphan. */
static bool goes_on(bool as_orphan) {
    pid_t parent = getpid(), pid = fork();
    if (pid < 0)
        _exit(FAILED);
    while (pid == 0 && as_orphan && getppid() == parent)
        (void)sched_yield();
    return pid == 0;
}

static int found_family(char **word) {
    for (; *word; word++) {
        if (strcmp(*word, "ignore") == 0)
            (void)signal(SIGTERM, SIG_IGN);
        else if (strcmp(*word, "heir") == 0)
            (void)signal(SIGTERM, leave_heir);
        else if (strcmp(*word, "group") == 0 && setpgid(0, 0) < 0)
            return FAILED;
        else if (strcmp(*word, "session") == 0 && setsid() < 0)
            return FAILED;
        else if (strcmp(*word, "fork") == 0 || strcmp(*word, "orphan") == 0) {
            bool ends = **word == 'o';
            if (!goes_on(ends))
                return ends ? 0 : live_as_family();
        } else if (strcmp(*word, "chain") == 0)
            for (int link = 0; link < 200 && goes_on(false); link++)
                ;
    }
    return live_as_family();
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
    if (strcmp(action, "burn") == 0 && argc == 3)
        return burn(atol(argv[2]));
    if (strcmp(action, "touch") == 0 && argc == 3)
        return touch((size_t)atol(argv[2]));
    if (strcmp(action, "family") == 0)
        return found_family(argv + 2);
    if (strcmp(action, "terminal") == 0)
        return place_at_terminal();
    if (strcmp(action, "leave") == 0) {
        pid_t pid = fork();
        return pid == 0 ? copy(-1) : pid < 0 ? FAILED : 0;
    }
    return MISUSED;
}
