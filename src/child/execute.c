/* SPDX-License-Identifier: MIT */
#include "execute.h"

#include <errno.h>

#include "platform/exec.h"
#include "platform/platform.h"

/*
 * ETXTBSY passes: mostly another thread has just forked while the file was written, and that
 * child's copy of the descriptor lives until its own exec. Nothing tells when.
 */
static bool wait_a_little(struct fx_attempt *attempt) {
    enum { LONGEST = 32 };
    unsigned int pause = attempt->pause < attempt->patience ? attempt->pause : attempt->patience;
    if (pause == 0)
        return false;
    attempt->patience -= pause;
    if (attempt->pause < LONGEST)
        attempt->pause *= 2;
    (void)fx_sys_sleep(pause);
    return true;
}

/* As execvp(3) does it, but that a path is never taken for an option. */
static int execute_shell(struct fx_attempt *attempt, char *path) {
    static char shell[] = "/bin/sh", end_of_options[] = "--";
    char **arguments = attempt->frame->shell_arguments;
    bool is_like_option = *path == '-' || *path == '+';
    arguments[0] = shell;
    arguments[1] = is_like_option ? end_of_options : shell;
    arguments[2] = path;
    (void)fx_sys_execve(shell, is_like_option ? arguments : arguments + 1, attempt->environment);
    /* It is the program that could not be executed; that of the shell would mislead. */
    return -ENOEXEC;
}

int fx_execute_path(struct fx_attempt *attempt, char *path) {
    char *const *argv = attempt->frame->plan->argv;
    int result;
    do
        result = fx_sys_execve(path, argv, attempt->environment);
    while (result == -ETXTBSY && wait_a_little(attempt));
    return result == -ENOEXEC && attempt->frame->shell_arguments ? execute_shell(attempt, path)
                                                                 : result;
}

int fx_execute_open(struct fx_attempt *attempt, int fd) {
    char *const *argv = attempt->frame->plan->argv;
    int result;
    do
        result = fx_sys_execute_open(fd, argv, attempt->environment);
    while (result == -ETXTBSY && wait_a_little(attempt));
    return result;
}
