/* SPDX-License-Identifier: MIT */
#include "cgroups.h"

#include <errno.h>
#include <limits.h>
#include <mntent.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "looking.h"

char cgroup_mount[PATH_MAX];

void find_cgroup_mount(void) {
    struct mntent entry;
    char buffer[PATH_MAX];
    FILE *mounts = setmntent("/proc/self/mounts", "re");
    while (mounts && getmntent_r(mounts, &entry, buffer, sizeof buffer))
        if (strcmp(entry.mnt_type, "cgroup2") == 0)
            (void)snprintf(cgroup_mount, sizeof cgroup_mount, "%s", entry.mnt_dir);
    if (mounts)
        (void)endmntent(mounts);
}

void needs_version_2(void) {
    if (!cgroup_mount[0])
        skip();
}

const char *cgroup_path(const char *name) {
    enum { COUNT = 4 };
    static char paths[COUNT][PATH_MAX + 256];
    static int next;
    char *path = paths[next++ % COUNT];
    (void)snprintf(path, sizeof paths[0], "%s/%s", cgroup_mount, name);
    return path;
}

const char *own_cgroup(void) {
    static char name[64];
    (void)snprintf(name, sizeof name, "forkexec-test-%d", (int)getpid());
    return name;
}

int make_cgroup(void **state) {
    (void)state;
    if (!cgroup_mount[0] || !is_superuser())
        return 0;
    return mkdir(cgroup_path(own_cgroup()), 0755);
}

int remove_cgroup(void **state) {
    (void)state;
    if (!cgroup_mount[0] || !is_superuser())
        return 0;
    /* A process that has closed its descriptors is in it for a moment more. */
    int result;
    while ((result = rmdir(cgroup_path(own_cgroup()))) < 0 && errno == EBUSY)
        (void)sched_yield();
    return result;
}
