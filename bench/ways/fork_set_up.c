/* SPDX-License-Identifier: MIT
 *
 * By hand, what set_up.h has.
 */
#include <errno.h>
#include <unistd.h>

#include "../set_up.h"
#include "../way.h"

_Noreturn static void become(const char *program, const struct pipes *pipes,
                             const struct set_up *set_up) {
    char *const argv[] = {(char *)program, NULL};
    int result = set_up->new_session ? setsid() : setpgid(0, 0);
    for (int i = set_up->first_pipe; i < 3 && result >= 0; i++)
        result = dup2(pipes->child[i], i);
    if (result >= 0 && chdir(SET_UP_DIRECTORY) == 0 && close_range(3, ~0U, 0) == 0)
        (void)execvpe(program, argv, set_up_environment);
    _exit(127);
}

static int start(const char *program, const struct set_up *set_up) {
    struct pipes pipes;
    int result = pipes_open(&pipes, set_up->first_pipe);
    if (result < 0)
        return result;
    pid_t pid = fork();
    if (pid == 0)
        become(program, &pipes, set_up);
    result = -errno;
    pipes_close(pipes.child, set_up->first_pipe);
    if (pid > 0)
        result = way_reap(pid);
    pipes_hand_over(&pipes, set_up->first_pipe);
    return result;
}

WAYS_SET_UP("fork", start, .apart = true, .tidy = pipes_tidy);
