/* SPDX-License-Identifier: MIT
 *
 * POSIX has no signal on the parent's death, so none of this is ever asked.
 */
#include <errno.h>

#include "death.h"

int fx_sys_death_signal(int signal) {
    (void)signal;
    return -ENOSYS;
}

pid_t fx_sys_settled_parent(void) { return 0; }

bool fx_sys_has_ended(int pidfd) {
    (void)pidfd;
    return false;
}

void fx_platform_profile(struct fx_profile *profile) { profile->is_whole = false; }

bool fx_platform_same_profile(const struct fx_profile *one, const struct fx_profile *other) {
    (void)one;
    (void)other;
    return false;
}

bool fx_platform_shares_files(pid_t thread) {
    (void)thread;
    return false;
}

void *fx_platform_own_memory(size_t size) {
    (void)size;
    return NULL;
}

void fx_platform_free_own_memory(void *memory, size_t size) {
    (void)memory;
    (void)size;
}

void fx_platform_name_thread(const char *name) { (void)name; }

int fx_platform_watch_thread(void) { return -ENOSYS; }

void fx_platform_outlive(pid_t child) { (void)child; }
