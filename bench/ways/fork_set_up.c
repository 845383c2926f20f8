/* SPDX-License-Identifier: MIT
 *
 * By hand: a directory, an environment and three pipes, and a session or a process group.
 */
#include <errno.h>
#include <unistd.h>

#include "../set_up.h"
#include "../way.h"

_Noreturn static void become(const char *program, const struct pipes *pipes, bool new_session) {
    char *const argv[] = {(char *)program, NULL};
    int result = new_session ? setsid() : setpgid(0, 0);
    for (int i = 0; i < 3 && result >= 0; i++)
        result = dup2(pipes->child[i], i);
    if (result >= 0 && chdir(SET_UP_DIRECTORY) == 0 && close_range(3, ~0U, 0) == 0)
        (void)execvpe(program, argv, set_up_environment);
    _exit(127);
}

static int start(const char *program, bool new_session) {
    struct pipes pipes;
    int result = pipes_open(&pipes);
    if (result < 0)
        return result;
    pid_t pid = fork();
    if (pid == 0)
        become(program, &pipes, new_session);
    result = -errno;
    pipes_close(pipes.child);
    if (pid > 0)
        result = way_reap(pid);
    pipes_close(pipes.parent);
    return result;
}

static int run_session(const char *program) { return start(program, true); }

static int run_group(const char *program) { return start(program, false); }

WAY(session, .name = "fork", .variant = "session", .apart = true, .run = run_session);
WAY(group, .name = "fork", .variant = "process group", .apart = true, .run = run_group);
