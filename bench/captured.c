/* SPDX-License-Identifier: MIT
 *
 * For Python to load: the floor of running a program and taking its output. Two pipes, a child, its
 * exec, poll(2) to the ends of both, the wait; nothing is closed in the child, reset or reported.
 */
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

/* The status as waitpid() has it, or -1. */
__attribute__((visibility("default"))) int captured(const char *program);

static void read_to_the_ends(int first, int second) {
    struct pollfd list[] = {{.fd = first, .events = POLLIN}, {.fd = second, .events = POLLIN}};
    char data[4096];
    for (int open = 2; open > 0;) {
        if (poll(list, 2, -1) < 0)
            continue;
        for (int i = 0; i < 2; i++) {
            if (list[i].revents == 0 || read(list[i].fd, data, sizeof data) > 0)
                continue;
            (void)close(list[i].fd);
            list[i].fd = -1;
            open--;
        }
    }
}

int captured(const char *program) {
    char *const argv[] = {(char *)program, NULL};
    int output[2], errors[2], status = -1;
    if (pipe2(output, O_CLOEXEC) < 0 || pipe2(errors, O_CLOEXEC) < 0)
        return -1;
    pid_t pid = vfork();
    if (pid == 0) {
        if (dup2(output[1], 1) == 1 && dup2(errors[1], 2) == 2)
            (void)execv(program, argv);
        _exit(127);
    }
    (void)close(output[1]);
    (void)close(errors[1]);
    read_to_the_ends(output[0], errors[0]);
    return pid > 0 && waitpid(pid, &status, 0) == pid ? status : -1;
}
