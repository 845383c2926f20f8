/* SPDX-License-Identifier: MIT
 *
 * What a child inherits of the thread, and not of the process, that makes it. Most of it can be
 * read. What cannot (Landlock, which filter of seccomp) takes PR_SET_NO_NEW_PRIVS or CAP_SYS_ADMIN
 * to change: a thread that may have changed it has no equal. A privileged thread that
 * confines itself by Landlock without PR_SET_NO_NEW_PRIVS cannot be told from one that does not.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "death.h"
#include "linux_privileges.h"
#include "platform.h"

#ifndef PR_GET_NO_NEW_PRIVS
#define PR_GET_NO_NEW_PRIVS 39
#endif

static void put(struct fx_profile *profile, size_t *count, long long value) {
    profile->values[(*count)++] = value;
}

static long control(int option) { return prctl(option, 0L, 0L, 0L, 0L); }

/* ---- scheduling ---- */

static void put_scheduling(struct fx_profile *profile, size_t *count) {
    enum { OTHER = 0, FIFO = 1, ROUND = 2, DEADLINE = 6, RESET_ON_FORK = 1 };
    struct {
        uint32_t size, policy;
        uint64_t flags;
        int32_t nice;
        uint32_t priority;
        uint64_t runtime, deadline, period;
    } now = {.size = sizeof now};
    (void)syscall(SYS_sched_getattr, 0L, &now, (long)sizeof now, 0L);
    /* What its children get is what it takes to be its equal, and a thread is a child here. */
    if (now.flags & RESET_ON_FORK) {
        now.flags &= ~(uint64_t)RESET_ON_FORK;
        bool special = now.policy == FIFO || now.policy == ROUND || now.policy == DEADLINE;
        if (special || now.nice < 0)
            now.nice = 0;
        if (special) {
            now.policy = OTHER;
            now.priority = 0;
            now.runtime = now.deadline = now.period = 0;
        }
    }
    put(profile, count, now.policy);
    put(profile, count, (long long)now.flags);
    put(profile, count, now.nice);
    put(profile, count, now.priority);
    put(profile, count, (long long)now.runtime);
    put(profile, count, (long long)now.deadline);
    put(profile, count, (long long)now.period);
    put(profile, count, syscall(SYS_ioprio_get, 1L, 0L));
    put(profile, count, control(PR_GET_TIMERSLACK));
    put(profile, count, personality(0xffffffff));
    if (syscall(SYS_sched_getaffinity, 0L, sizeof profile->cpus, profile->cpus) < 0)
        profile->is_whole = false;
}

static void put_memory_policy(struct fx_profile *profile, size_t *count) {
    int mode = 0;
#ifdef SYS_get_mempolicy
    /* ENOSYS: no machine with nodes. */
    if (syscall(SYS_get_mempolicy, &mode, profile->nodes, 8 * sizeof profile->nodes, 0L, 0L) < 0)
        mode = -errno;
#endif
    put(profile, count, mode);
}

/* ---- identity and confinement ---- */

static void put_identity(struct fx_profile *profile, size_t *count) {
    uid_t user[3] = {0};
    gid_t group[3] = {0};
    (void)getresuid(&user[0], &user[1], &user[2]);
    (void)getresgid(&group[0], &group[1], &group[2]);
    for (int i = 0; i < 3; i++) {
        put(profile, count, user[i]);
        put(profile, count, group[i]);
    }
    /* They answer with the old one, and do not take this one. */
    put(profile, count, syscall(SYS_setfsuid, -1L));
    put(profile, count, syscall(SYS_setfsgid, -1L));
    int groups = getgroups(FX_PROFILE_GROUPS, profile->groups);
    if (groups < 0)
        profile->is_whole = false;
    put(profile, count, groups);
}

static void put_privileges(struct fx_profile *profile, size_t *count) {
    struct fx_linux_capabilities sets = {0, 0, 0};
    (void)fx_linux_read_capabilities(&sets);
    put(profile, count, (long long)sets.effective);
    put(profile, count, (long long)sets.permitted);
    put(profile, count, (long long)sets.inheritable);
    long filtered = control(PR_GET_SECCOMP), confined = control(PR_GET_NO_NEW_PRIVS);
    put(profile, count, control(PR_GET_SECUREBITS));
    put(profile, count, filtered);
    if (confined == 1 || (filtered > 0 && fx_linux_is_administrator()))
        profile->is_whole = false;
}

/* ---- what only /proc tells ---- */

static long long content_of(int folder, const char *name) {
    enum { MOST = 4096 };
    unsigned char content[MOST];
    /* FNV-1a */
    uint64_t hash = 0xcbf29ce484222325U;
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC);
    ssize_t size = fd < 0 ? 0 : read(fd, content, sizeof content);
    for (ssize_t i = 0; i < size; i++)
        hash = (hash ^ content[i]) * 0x100000001b3U;
    if (fd >= 0)
        (void)fx_sys_close(fd);
    return (long long)hash;
}

static long long inode_of(int folder, const char *name) {
    struct stat status;
    return fstatat(folder, name, &status, 0) < 0 ? -1 : (long long)status.st_ino;
}

static void put_surroundings(struct fx_profile *profile, size_t *count) {
    static const char *const namespaces[] = {"ns/cgroup",
                                             "ns/ipc",
                                             "ns/mnt",
                                             "ns/net",
                                             "ns/user",
                                             "ns/uts",
                                             "ns/pid_for_children",
                                             "ns/time_for_children"};
    int folder = open("/proc/thread-self", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    profile->is_apart = folder < 0 || inode_of(folder, "ns/pid") != inode_of(folder, namespaces[6]);
    if (folder < 0) {
        profile->is_whole = false;
        return;
    }
    for (size_t i = 0; i < sizeof namespaces / sizeof namespaces[0]; i++)
        put(profile, count, inode_of(folder, namespaces[i]));
    put(profile, count, content_of(folder, "cgroup"));
    put(profile, count, content_of(folder, "attr/current"));
    (void)fx_sys_close(folder);
}

void fx_platform_profile(struct fx_profile *profile) {
    size_t count = 0;
    memset(profile, 0, sizeof *profile);
    profile->is_whole = true;
    put_scheduling(profile, &count);
    put_memory_policy(profile, &count);
    put_identity(profile, &count);
    put_privileges(profile, &count);
    put_surroundings(profile, &count);
}

bool fx_platform_same_profile(const struct fx_profile *one, const struct fx_profile *other) {
    return one->is_whole && memcmp(one, other, sizeof *one) == 0;
}

bool fx_platform_shares_files(pid_t thread) {
#ifdef SYS_kcmp
    enum { FILES = 2, FS = 3 };
    /* 1 or 2: in which order they are. An error: built without it, or kept from it by a filter. */
    pid_t self = fx_platform_thread();
    return syscall(SYS_kcmp, (long)self, (long)thread, (long)FILES, 0L, 0L) <= 0 &&
           syscall(SYS_kcmp, (long)self, (long)thread, (long)FS, 0L, 0L) <= 0;
#else
    (void)thread;
    return true;
#endif
}
