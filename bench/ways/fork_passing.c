/* SPDX-License-Identifier: MIT
 *
 * By hand: ten descriptors passed on, all others closed.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "../passing.h"
#include "../way.h"

_Noreturn static void keep(const char *program, const int *kept) {
    char *const argv[] = {(char *)program, NULL};
    int result = 0;
    for (int i = 0; i < PASSED && result >= 0; i++)
        result = fcntl(kept[i], F_SETFD, 0);
    if (result >= 0 && kept[0] > 3)
        result = close_range(3, (unsigned int)kept[0] - 1, 0);
    if (result >= 0 && close_range((unsigned int)kept[PASSED - 1] + 1, ~0U, 0) == 0)
        (void)execvp(program, argv);
    _exit(127);
}

/* The ballast's numbers follow on each other, and no target is at or above a source that comes
 * after it. */
_Noreturn static void map(const char *program, const int *sources) {
    char *const argv[] = {(char *)program, NULL};
    int target = FIRST_MAPPED, result = 0;
    for (int i = 0; i < PASSED && result >= 0; i++, target++)
        result = sources[i] == target ? fcntl(target, F_SETFD, 0) : dup2(sources[i], target);
    if (result >= 0 && close_range(3, FIRST_MAPPED - 1, 0) == 0 &&
        close_range((unsigned int)target, ~0U, 0) == 0)
        (void)execvp(program, argv);
    _exit(127);
}

static int start(const char *program, void (*become)(const char *, const int *),
                 const int *passed) {
    pid_t pid = fork();
    if (pid == 0)
        become(program, passed);
    return pid < 0 ? -errno : way_reap(pid);
}

static int run_low_kept(const char *program) { return start(program, keep, passing_low()); }

static int run_high_kept(const char *program) { return start(program, keep, passing_high()); }

static int run_high_mapped(const char *program) { return start(program, map, passing_high()); }

WAY(low_kept, .name = "fork", .variant = LOW_KEPT, .apart = true, .run = run_low_kept);
WAY(high_kept, .name = "fork", .variant = HIGH_KEPT, .apart = true, .run = run_high_kept);
WAY(high_mapped, .name = "fork", .variant = HIGH_MAPPED, .apart = true, .run = run_high_mapped);
