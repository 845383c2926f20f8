/* SPDX-License-Identifier: MIT
 *
 * fork, close_range, execve: what a careful program writes by hand.
 */
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../way.h"

static int run(const char *program) {
    char *const argv[] = {(char *)program, NULL};
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        (void)close_range(3, ~0U, 0);
        (void)execve(program, argv, environ);
        _exit(127);
    }
    if (pid < 0 || waitpid(pid, &status, 0) < 0)
        return -errno;
    return status ? -ECANCELED : 0;
}

WAY("fork", NULL, run)
