/* SPDX-License-Identifier: MIT
 *
 * The floor: nothing but making the child, its exec and the wait. It closes nothing, blocks no
 * signal, resets none, and tells of no error; it is here to be divided by.
 */
#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../way.h"

static int run(const char *program) {
    char *const argv[] = {(char *)program, NULL};
    int status;
    pid_t pid = vfork();
    if (pid == 0) {
        (void)execve(program, argv, environ);
        _exit(127);
    }
    if (pid < 0 || waitpid(pid, &status, 0) < 0)
        return -errno;
    return status ? -ECANCELED : 0;
}

WAY("bare vfork", NULL, run)
