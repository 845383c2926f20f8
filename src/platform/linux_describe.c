/* SPDX-License-Identifier: MIT
 *
 * What people want to know of a kernel's facilities.
 */
#include <errno.h>
#include <limits.h>
#include <mntent.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "containment.h"
#include "platform.h"

#ifndef SYS_close_range
#define SYS_close_range 436
#endif

int fx_platform_try_close_range(void) {
    /* Above every number that can be open. */
    unsigned long first = (unsigned long)INT_MAX + 1, last = ~0U;
    return syscall(SYS_close_range, first, last, 0UL) < 0 ? -errno : 0;
}

static void describe_kernel(char *text, size_t size) {
    struct utsname name;
    if (uname(&name) == 0)
        (void)snprintf(text, size, "%s %s on %s", name.sysname, name.release, name.machine);
}

static void describe_landlock(char *text, size_t size) {
    int version = fx_platform_landlock_version();
    if (version > 0)
        (void)snprintf(text, size, "ABI %d", version);
}

static void describe_cgroup(char *text, size_t size) {
    struct mntent entry;
    char buffer[PATH_MAX];
    FILE *mounts = setmntent("/proc/self/mounts", "re");
    while (mounts && getmntent_r(mounts, &entry, buffer, sizeof buffer))
        if (strcmp(entry.mnt_type, "cgroup2") == 0)
            (void)snprintf(text, size, "mounted at %s", entry.mnt_dir);
    if (mounts)
        (void)endmntent(mounts);
}

void fx_platform_describe(const char *facility, char *text, size_t size) {
    static const struct {
        const char *facility;
        void (*describe)(char *text, size_t size);
    } rows[] = {
        {"fork", describe_kernel},
        {"landlock", describe_landlock},
        {"cgroup", describe_cgroup},
    };
    if (size > 0)
        text[0] = '\0';
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(rows[i].facility, facility) == 0)
            rows[i].describe(text, size);
}
