/* SPDX-License-Identifier: MIT
 *
 * fork, close_range, execve: what a careful program writes by hand.
 */
#include <errno.h>
#include <unistd.h>

#include "../way.h"

static int run(const char *program) {
    char *const argv[] = {(char *)program, NULL};
    pid_t pid = fork();
    if (pid == 0) {
        (void)close_range(3, ~0U, 0);
        (void)execvp(program, argv);
        _exit(127);
    }
    return pid < 0 ? -errno : way_reap(pid);
}

WAY(fork_exec, .name = "fork", .variant = "", .apart = true, .run = run);
