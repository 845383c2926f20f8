/* SPDX-License-Identifier: MIT
 *
 * fx_spawn, with ten descriptors passed on.
 */
#include "../passing.h"
#include "../way.h"
#include "forkexec_way.h"

static int keep(const char *program, const int *descriptors) {
    char *const argv[] = {(char *)program, NULL};
    const fx_command command = {
        .size = sizeof command, .argv = argv, .keep = descriptors, .keep_count = PASSED};
    return spawn_and_wait(&command);
}

static int run_low_kept(const char *program) { return keep(program, passing_low()); }

static int run_high_kept(const char *program) { return keep(program, passing_high()); }

static int run_high_mapped(const char *program) {
    char *const argv[] = {(char *)program, NULL};
    const int *high = passing_high();
    fx_map map[PASSED];
    for (int i = 0; i < PASSED; i++)
        map[i] = (fx_map){.child = FIRST_MAPPED + i, .parent = high[i]};
    const fx_command command = {
        .size = sizeof command, .argv = argv, .map = map, .map_count = PASSED};
    return spawn_and_wait(&command);
}

WAY(low_kept, .name = "fx_spawn", .variant = LOW_KEPT, .run = run_low_kept);
WAY(high_kept, .name = "fx_spawn", .variant = HIGH_KEPT, .run = run_high_kept);
WAY(high_mapped, .name = "fx_spawn", .variant = HIGH_MAPPED, .run = run_high_mapped);
