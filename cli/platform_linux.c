/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "platform.h"

enum { CAPABILITIES = 64 };

/* One question to the kernel for each capability; it refuses those that it does not know. */
static int ask_each(int option, unsigned long argument, bool even_unset, unsigned long long *bits) {
    *bits = 0;
    for (unsigned long n = 0; n < CAPABILITIES; n++) {
        int answer = option == PR_CAP_AMBIENT ? prctl(option, argument, n, 0UL, 0UL)
                                              : prctl(option, n, 0UL, 0UL, 0UL);
        if (answer < 0 && n == 0)
            return -errno;
        if (answer < 0)
            break;
        if (answer > 0 || even_unset)
            *bits |= 1ULL << n;
    }
    return 0;
}

static int ask_capget(enum capability_set set, unsigned long long *bits) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
    if (syscall(SYS_capget, &header, data) < 0)
        return -errno;
    if (set == SET_PERMITTED)
        *bits = data[0].permitted | (unsigned long long)data[1].permitted << 32;
    else
        *bits = data[0].inheritable | (unsigned long long)data[1].inheritable << 32;
    return 0;
}

int current_capabilities(enum capability_set set, unsigned long long *bits) {
    switch (set) {
    case SET_BOUNDING:
        return ask_each(PR_CAPBSET_READ, 0, false, bits);
    case SET_AMBIENT:
        return ask_each(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, false, bits);
    case SET_ALL:
        return ask_each(PR_CAPBSET_READ, 0, true, bits);
    default:
        return ask_capget(set, bits);
    }
}

int current_securebits(int *bits) {
    *bits = prctl(PR_GET_SECUREBITS, 0UL, 0UL, 0UL, 0UL);
    return *bits < 0 ? -errno : 0;
}

int current_personality(unsigned long long *value) {
    int answer = personality(0xffffffff);
    *value = (unsigned int)answer;
    return answer < 0 ? -errno : 0;
}

fx_scope_kind widest_scope(void) { return FX_SCOPE_DESCENDANTS; }

bool is_of_terminal(const siginfo_t *info) { return info->si_code == SI_KERNEL; }

int become_subreaper(void) {
    return prctl(PR_SET_CHILD_SUBREAPER, 1UL, 0UL, 0UL, 0UL) < 0 ? -errno : 0;
}

static size_t add_children(const char *thread, pid_t *list, size_t count, size_t room) {
    char path[64];
    int pid;
    (void)snprintf(path, sizeof path, "/proc/self/task/%.20s/children", thread);
    FILE *file = fopen(path, "re");
    while (file && count < room && fscanf(file, "%d", &pid) == 1)
        list[count++] = pid;
    if (file)
        (void)fclose(file);
    return count;
}

/* Orphans are given to any of the threads. */
size_t list_children(pid_t *list, size_t room) {
    size_t count = 0;
    DIR *threads = opendir("/proc/self/task");
    const struct dirent *entry;
    while (threads && (entry = readdir(threads)))
        if (entry->d_name[0] != '.')
            count = add_children(entry->d_name, list, count, room);
    if (threads)
        (void)closedir(threads);
    return count;
}
