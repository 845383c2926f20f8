/* SPDX-License-Identifier: MIT
 *
 * The C library's posix_spawn, told to close everything else.
 */
#include <errno.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../way.h"

static posix_spawn_file_actions_t actions;

static int prepare(const char *program) {
    (void)program;
    int error = posix_spawn_file_actions_init(&actions);
    if (!error)
        error = posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    return -error;
}

static int run(const char *program) {
    char *const argv[] = {(char *)program, NULL};
    int status;
    pid_t pid;
    int error = posix_spawn(&pid, program, &actions, NULL, argv, environ);
    if (error)
        return -error;
    if (waitpid(pid, &status, 0) < 0)
        return -errno;
    return status ? -ECANCELED : 0;
}

WAY("posix_spawn", prepare, run)
