/* SPDX-License-Identifier: MIT
 *
 * The floor: nothing but making the child, its exec and the wait. It closes nothing, blocks no
 * signal, resets none, and tells of no error; it is here to be divided by.
 */
#include <errno.h>
#include <unistd.h>

#include "../way.h"

static int run(const char *program) {
    char *const argv[] = {(char *)program, NULL};
    pid_t pid = vfork();
    if (pid == 0) {
        /* execve() itself, unless there is a PATH to be searched. */
        (void)execvp(program, argv);
        _exit(127);
    }
    return pid < 0 ? -errno : way_reap(pid);
}

WAY(bare_vfork, .name = "bare vfork", .variant = "", .run = run);
