/* SPDX-License-Identifier: MIT
 *
 * The C library's posix_spawn: told to close everything else, and as it is.
 */
#include <spawn.h>
#include <unistd.h>

#include "../way.h"

static posix_spawn_file_actions_t actions;

static int prepare(const char *program) {
    static int is_ready;
    (void)program;
    if (is_ready++)
        return 0;
    int error = posix_spawn_file_actions_init(&actions);
    if (!error)
        error = posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    return -error;
}

static int start(const char *program, const posix_spawn_file_actions_t *file_actions) {
    char *const argv[] = {(char *)program, NULL};
    pid_t pid;
    int error = posix_spawnp(&pid, program, file_actions, NULL, argv, environ);
    return error ? -error : way_reap(pid);
}

static int run_closing(const char *program) { return start(program, &actions); }

static int run_plain(const char *program) { return start(program, NULL); }

WAY(closing, .name = "posix_spawn", .variant = "", .prepare = prepare, .run = run_closing);
WAY(plain, .name = "posix_spawn, plain", .variant = "", .run = run_plain);
