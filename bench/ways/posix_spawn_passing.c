/* SPDX-License-Identifier: MIT
 *
 * posix_spawn, with ten descriptors passed on. It can close all from a number upwards, but not
 * those below one that is kept: of these it is left to close-on-exec.
 */
#include <spawn.h>
#include <unistd.h>

#include "../passing.h"
#include "../way.h"

static posix_spawn_file_actions_t low_kept, high_kept, high_mapped;

static int add(posix_spawn_file_actions_t *actions, const int *sources, int target, int closed) {
    int error = posix_spawn_file_actions_init(actions);
    for (int i = 0; i < PASSED && !error; i++)
        error = posix_spawn_file_actions_adddup2(actions, sources[i],
                                                 target < 0 ? sources[i] : target + i);
    return error ? -error : -posix_spawn_file_actions_addclosefrom_np(actions, closed);
}

static int prepare(const char *program) {
    static int is_ready;
    const int *low = passing_low(), *high = passing_high();
    (void)program;
    if (is_ready++)
        return 0;
    int result = add(&low_kept, low, -1, low[PASSED - 1] + 1);
    if (result == 0)
        result = add(&high_kept, high, -1, high[PASSED - 1] + 1);
    if (result == 0)
        result = add(&high_mapped, high, FIRST_MAPPED, FIRST_MAPPED + PASSED);
    return result;
}

static int start(const char *program, const posix_spawn_file_actions_t *actions) {
    char *const argv[] = {(char *)program, NULL};
    pid_t pid;
    int error = posix_spawnp(&pid, program, actions, NULL, argv, environ);
    return error ? -error : way_reap(pid);
}

static int run_low_kept(const char *program) { return start(program, &low_kept); }

static int run_high_kept(const char *program) { return start(program, &high_kept); }

static int run_high_mapped(const char *program) { return start(program, &high_mapped); }

WAY(low, .name = "posix_spawn", .variant = LOW_KEPT, .prepare = prepare, .run = run_low_kept);
WAY(high, .name = "posix_spawn", .variant = HIGH_KEPT, .run = run_high_kept);
WAY(mapped, .name = "posix_spawn", .variant = HIGH_MAPPED, .run = run_high_mapped);
