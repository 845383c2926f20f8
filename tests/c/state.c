/* SPDX-License-Identifier: MIT */
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

struct text {
    char *bytes;
    size_t used, room;
};

__attribute__((format(printf, 2, 3))) static void put(struct text *text, const char *format, ...) {
    char line[PATH_MAX + 256];
    va_list list;
    va_start(list, format);
    int length = vsnprintf(line, sizeof line, format, list);
    va_end(list);
    if (length < 0 || (size_t)length >= sizeof line)
        abort();
    if (text->used + (size_t)length + 1 > text->room) {
        text->room = 2 * (text->room + (size_t)length + 1);
        text->bytes = realloc(text->bytes, text->room);
        if (!text->bytes)
            abort();
    }
    memcpy(text->bytes + text->used, line, (size_t)length + 1);
    text->used += (size_t)length;
}

/*
 * The library may reserve low numbers in a process that has many descriptors (fx_reserve()). Only
 * memory files are born unnamed, empty and with all permissions; tests make none.
 */
static bool is_reserved(int flags, const struct stat *status) {
    return flags == FD_CLOEXEC && status->st_mode == (S_IFREG | 0777) && status->st_nlink == 0 &&
           status->st_size == 0;
}

static void put_descriptors(struct text *text) {
    enum { MOST = 20000 };
    struct rlimit limit = {MOST, MOST};
    struct stat status;
    (void)getrlimit(RLIMIT_NOFILE, &limit);
    int highest = limit.rlim_max < MOST ? (int)limit.rlim_max : MOST;
    for (int fd = 0; fd < highest; fd++) {
        int flags = fcntl(fd, F_GETFD);
        if (flags >= 0 && fstat(fd, &status) == 0 && !is_reserved(flags, &status))
            put(text, "descriptor %d flags %d status 0x%x file %llu:%llu\n", fd, flags,
                (unsigned int)fcntl(fd, F_GETFL), (unsigned long long)status.st_dev,
                (unsigned long long)status.st_ino);
    }
}

static void put_signals(struct text *text) {
#ifdef __linux__
    /* The whole mask: libc hides its internal signals; the kernel does not. */
    uint64_t mask = 0;
    (void)syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &mask, 8);
    put(text, "mask %llx\n", (unsigned long long)mask);
    for (int number = 1; number <= 64; number++) {
        /* Those below SIGRTMIN are libc's own, taken when the first thread is made. */
        if (number >= 32 && number < SIGRTMIN)
            continue;
        /* Handler, flags, restorer, mask. Flags mean nothing without a handler. */
        uintptr_t action[16] = {0};
        if (syscall(SYS_rt_sigaction, number, NULL, action, 8) < 0)
            continue;
        size_t words = action[0] <= 1 ? 1 : 4;
        put(text, "signal %d", number);
        for (size_t i = 0; i < words; i++)
            put(text, " %llx", (unsigned long long)action[i]);
        put(text, "\n");
    }
#else
    sigset_t mask;
    (void)sigprocmask(SIG_BLOCK, NULL, &mask);
    for (int number = 1; number < NSIG; number++) {
        struct sigaction action;
        if (sigaction(number, NULL, &action) == 0)
            put(text, "signal %d blocked %d handler %llx flags %x\n", number,
                sigismember(&mask, number), (unsigned long long)(uintptr_t)action.sa_handler,
                (unsigned int)action.sa_flags);
    }
#endif
}

static void put_limits(struct text *text) {
#ifdef RLIM_NLIMITS
    enum { COUNT = RLIM_NLIMITS };
#else
    enum { COUNT = RLIMIT_NOFILE + 1 };
#endif
    for (int resource = 0; resource < COUNT; resource++) {
        struct rlimit limit = {0, 0};
        (void)getrlimit((limited_resource)resource, &limit);
        put(text, "limit %d %llu %llu\n", resource, (unsigned long long)limit.rlim_cur,
            (unsigned long long)limit.rlim_max);
    }
}

static void put_children(struct text *text) {
    siginfo_t info;
    int options = WEXITED | WNOHANG | WNOWAIT;
#ifdef __WALL
    /* Children without an exit signal, such as the engine's own probe, are children too. */
    options |= __WALL;
#endif
    int result = waitid(P_ALL, 0, &info, options);
    put(text, "children %s\n", result < 0 && errno == ECHILD ? "none" : "some");
}

#ifdef __linux__
/* All of the calling thread: its process can have others. */
static void put_containment(struct text *text) {
    static const char *const links[] = {"cgroup",           "ipc",  "mnt",  "net", "pid",
                                        "pid_for_children", "time", "user", "uts"};
    char path[64], target[PATH_MAX];
    put(text, "no_new_privs %d seccomp %d personality %x\n", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0),
        prctl(PR_GET_SECCOMP, 0, 0, 0, 0), (unsigned int)personality(0xffffffff));
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
        (void)snprintf(path, sizeof path, "/proc/thread-self/ns/%s", links[i]);
        ssize_t size = readlink(path, target, sizeof target - 1);
        put(text, "namespace %s %.*s\n", links[i], size < 0 ? 0 : (int)size, target);
    }
    int fd = open("/proc/thread-self/cgroup", O_RDONLY | O_CLOEXEC);
    ssize_t size = fd < 0 ? -1 : read(fd, target, sizeof target);
    put(text, "cgroups %.*s\n", size < 0 ? 0 : (int)size, target);
    if (fd >= 0)
        (void)close(fd);
}
#endif

static void put_scheduling(struct text *text) {
    struct itimerval timer = {0};
    (void)getitimer(ITIMER_REAL, &timer);
    put(text, "nice %d alarm %d\n", getpriority(PRIO_PROCESS, 0),
        timer.it_value.tv_sec > 0 || timer.it_value.tv_usec > 0);
#ifdef __linux__
    char score[16] = "";
    /* struct sched_attr of the first version, and room for the mask of 8192 CPUs. */
    uint32_t attributes[12] = {0};
    unsigned char cpus[1024] = {0};
    int fd = open("/proc/self/oom_score_adj", O_RDONLY | O_CLOEXEC);
    ssize_t size = fd < 0 ? 0 : read(fd, score, sizeof score - 1);
    if (fd >= 0)
        (void)close(fd);
    (void)syscall(SYS_sched_getattr, 0, attributes, sizeof attributes, 0);
    put(text, "policy");
    for (size_t i = 0; i < sizeof attributes / sizeof attributes[0]; i++)
        put(text, " %x", attributes[i]);
    (void)syscall(SYS_sched_getaffinity, 0, sizeof cpus, cpus);
    put(text, "\naffinity ");
    for (size_t i = 0; i < sizeof cpus; i++)
        put(text, "%02x", cpus[i]);
    put(text, "\nio %lx timer slack %d oom_score_adj %.*s\n",
        (unsigned long)syscall(SYS_ioprio_get, 1, 0), prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0),
        (int)strcspn(score, "\n"), size > 0 ? score : "?");
#endif
}

static void put_identity(struct text *text) {
    gid_t groups[NGROUPS_MAX > 1024 ? 1024 : NGROUPS_MAX];
    int count = getgroups((int)(sizeof groups / sizeof groups[0]), groups);
    put(text, "ids %d %d %d %d groups", (int)getuid(), (int)geteuid(), (int)getgid(),
        (int)getegid());
    for (int i = 0; i < count; i++)
        put(text, " %d", (int)groups[i]);
    put(text, "\n");
#ifdef __linux__
    /* Version 3: effective, permitted, inheritable, by 32 capabilities. */
    uint32_t header[2] = {0x20080522, 0}, sets[6] = {0};
    unsigned long long ambient = 0, bounding = 0;
    for (int capability = 0; capability < 64; capability++) {
        bool bounded = prctl(PR_CAPBSET_READ, capability, 0, 0, 0) == 1;
        bounding |= (unsigned long long)bounded << capability;
        bool raised = prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, capability, 0, 0) == 1;
        ambient |= (unsigned long long)raised << capability;
    }
    (void)syscall(SYS_capget, header, sets);
    put(text, "capabilities %x:%x %x:%x %x:%x bounding %llx ambient %llx securebits %x\n", sets[3],
        sets[0], sets[4], sets[1], sets[5], sets[2], bounding, ambient,
        (unsigned int)prctl(PR_GET_SECUREBITS, 0, 0, 0, 0));
#endif
}

char *parent_state(void) {
    struct text text = {NULL, 0, 0};
    char directory[PATH_MAX] = "";
    int cancel = 0;
    mode_t mask = umask(0);
    (void)umask(mask);
    (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
    (void)pthread_setcancelstate(cancel, NULL);

    put_descriptors(&text);
    put_signals(&text);
    put_limits(&text);
    put_scheduling(&text);
    put_children(&text);
#ifdef __linux__
    put(&text, "dumpable %d\n", prctl(PR_GET_DUMPABLE));
    put_containment(&text);
#endif
    put(&text, "directory %s\n", getcwd(directory, sizeof directory) ? directory : "gone");
    put(&text, "umask 0%o\n", (unsigned int)mask);
    put_identity(&text);
    put(&text, "session %d group %d\n", (int)getsid(0), (int)getpgrp());
    put(&text, "cancellation %d\n", cancel);
    return text.bytes;
}

const char *state_difference(const char *before, const char *after) {
    while (*before && *after) {
        size_t left = strcspn(before, "\n"), right = strcspn(after, "\n");
        if (left != right || memcmp(before, after, left) != 0)
            return after;
        before += left + 1;
        after += right + 1;
    }
    return *after ? after : *before ? before : NULL;
}

void signals_to_default(void) {
    for (int number = 1; number < NSIG; number++) {
        const struct sigaction standard = {.sa_handler = SIG_DFL};
        (void)sigaction(number, &standard, NULL);
#ifdef __linux__
        /* libc refuses to set its own. */
        const unsigned long standard_of_kernel[8] = {0};
        (void)syscall(SYS_rt_sigaction, number, standard_of_kernel, NULL, (size_t)(_NSIG / 8));
#endif
    }
}
