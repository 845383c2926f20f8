/* SPDX-License-Identifier: MIT
 *
 * The signal on the parent's death, and the threads that make children with one.
 */
#ifndef FX_PLATFORM_DEATH_H
#define FX_PLATFORM_DEATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* ---- in the child ---- */

/* What this process gets when the thread that made it, or has inherited it since, ends. */
int fx_sys_death_signal(int signal);
/*
 * Its parent, at a moment after all calls before: any thread of that process which ends later
 * finds the signal set. 0: in another pid namespace.
 */
pid_t fx_sys_settled_parent(void);
/* Whether what this pidfd means has ended. */
bool fx_sys_has_ended(int pidfd);

/* ---- what a child inherits of the thread that makes it ---- */

enum {
    FX_PROFILE_VALUES = 40,
    FX_PROFILE_CPUS = 1024, /* bytes: 8192 processors */
    FX_PROFILE_NODES = 128,
    FX_PROFILE_GROUPS = 64
};

struct fx_profile {
    int64_t values[FX_PROFILE_VALUES];
    uint32_t groups[FX_PROFILE_GROUPS];
    unsigned char cpus[FX_PROFILE_CPUS];
    unsigned char nodes[FX_PROFILE_NODES];
    bool is_whole; /* there is nothing else that could be different */
    bool is_apart; /* children of this thread are born into another pid namespace, perhaps */
};

/* That of the calling thread, whose children have it. */
void fx_platform_profile(struct fx_profile *profile);
bool fx_platform_same_profile(const struct fx_profile *one, const struct fx_profile *other);
/* Whether the calling thread and another one share descriptors, root, directory and umask. */
bool fx_platform_shares_files(pid_t thread);

/* ---- threads, in the parent ---- */

/* Memory, all zero, that is so again in a forked child, where the system can do that. */
void *fx_platform_own_memory(size_t size);
void fx_platform_free_own_memory(void *memory, size_t size);
/* Whatever the name is good for. */
void fx_platform_name_thread(const char *name);
/* A close-on-exec descriptor that becomes readable when the calling thread, or its process, ends.
 */
int fx_platform_watch_thread(void);
/* Wait until a child of the calling thread's own is dead; it is left to be reaped. */
void fx_platform_outlive(pid_t child);

#endif
