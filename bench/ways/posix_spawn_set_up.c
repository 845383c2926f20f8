/* SPDX-License-Identifier: MIT
 *
 * posix_spawn of a child with what set_up.h has.
 */
#include <spawn.h>

#include "../set_up.h"
#include "../way.h"

static int add_actions(posix_spawn_file_actions_t *actions, const struct pipes *pipes,
                       const struct set_up *set_up) {
    int error = posix_spawn_file_actions_addchdir_np(actions, SET_UP_DIRECTORY);
    for (int i = set_up->first_pipe; i < 3 && !error; i++)
        error = posix_spawn_file_actions_adddup2(actions, pipes->child[i], i);
    return error ? error : posix_spawn_file_actions_addclosefrom_np(actions, 3);
}

static int spawn(pid_t *pid, const char *program, const struct pipes *pipes,
                 const struct set_up *set_up) {
    char *const argv[] = {(char *)program, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int error = posix_spawn_file_actions_init(&actions);
    if (error)
        return error;
    error = posix_spawnattr_init(&attributes);
    if (!error)
        error = posix_spawnattr_setflags(&attributes, set_up->new_session ? POSIX_SPAWN_SETSID
                                                                          : POSIX_SPAWN_SETPGROUP);
    if (!error)
        error = add_actions(&actions, pipes, set_up);
    if (!error)
        error = posix_spawnp(pid, program, &actions, &attributes, argv, set_up_environment);
    (void)posix_spawnattr_destroy(&attributes);
    (void)posix_spawn_file_actions_destroy(&actions);
    return error;
}

static int start(const char *program, const struct set_up *set_up) {
    struct pipes pipes;
    int result = pipes_open(&pipes, set_up->first_pipe);
    if (result < 0)
        return result;
    pid_t pid;
    result = -spawn(&pid, program, &pipes, set_up);
    pipes_close(pipes.child, set_up->first_pipe);
    if (result == 0)
        result = way_reap(pid);
    pipes_hand_over(&pipes, set_up->first_pipe);
    return result;
}

WAYS_SET_UP("posix_spawn", start, .tidy = pipes_tidy);
