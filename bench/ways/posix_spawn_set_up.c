/* SPDX-License-Identifier: MIT
 *
 * posix_spawn of a child with a directory, an environment and three pipes, and a session or a
 * process group.
 */
#include <spawn.h>

#include "../set_up.h"
#include "../way.h"

static int add_actions(posix_spawn_file_actions_t *actions, const struct pipes *pipes) {
    int error = posix_spawn_file_actions_addchdir_np(actions, SET_UP_DIRECTORY);
    for (int i = 0; i < 3 && !error; i++)
        error = posix_spawn_file_actions_adddup2(actions, pipes->child[i], i);
    return error ? error : posix_spawn_file_actions_addclosefrom_np(actions, 3);
}

static int spawn(pid_t *pid, const char *program, const struct pipes *pipes, short flags) {
    char *const argv[] = {(char *)program, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int error = posix_spawn_file_actions_init(&actions);
    if (error)
        return error;
    error = posix_spawnattr_init(&attributes);
    if (!error)
        error = posix_spawnattr_setflags(&attributes, flags);
    if (!error)
        error = add_actions(&actions, pipes);
    if (!error)
        error = posix_spawnp(pid, program, &actions, &attributes, argv, set_up_environment);
    (void)posix_spawnattr_destroy(&attributes);
    (void)posix_spawn_file_actions_destroy(&actions);
    return error;
}

static int start(const char *program, short flags) {
    struct pipes pipes;
    int result = pipes_open(&pipes);
    if (result < 0)
        return result;
    pid_t pid;
    result = -spawn(&pid, program, &pipes, flags);
    pipes_close(pipes.child);
    if (result == 0)
        result = way_reap(pid);
    pipes_close(pipes.parent);
    return result;
}

static int run_session(const char *program) { return start(program, POSIX_SPAWN_SETSID); }

static int run_group(const char *program) { return start(program, POSIX_SPAWN_SETPGROUP); }

WAY(session, .name = "posix_spawn", .variant = "session", .run = run_session);
WAY(group, .name = "posix_spawn", .variant = "process group", .run = run_group);
