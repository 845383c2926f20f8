/* SPDX-License-Identifier: MIT
 *
 * The processors that this process may use: those of its affinity, and so many of them as the
 * quota of its control group, and of those above it, is worth.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "platform.h"

enum { PATH_SIZE = 4096 };

/* A hierarchy: where it is mounted, what part of it, and where in it we are. */
struct hierarchy {
    bool unified;
    char mount[PATH_SIZE];
    char root[PATH_SIZE];
    char path[PATH_SIZE];
};

static int affinity_count(void) {
    /* Machines have more processors than a cpu_set_t. */
    for (int room = CPU_SETSIZE; room <= 1 << 20; room *= 2) {
        cpu_set_t *set = CPU_ALLOC((size_t)room);
        size_t size = CPU_ALLOC_SIZE((size_t)room);
        int count = set && sched_getaffinity(0, size, set) == 0 ? CPU_COUNT_S(size, set) : 0;
        CPU_FREE(set);
        if (count > 0)
            return count;
    }
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (int)online : 1;
}

static bool has_word(const char *list, const char *word) {
    size_t length = strlen(word);
    for (; list; list = strchr(list, ',') ? strchr(list, ',') + 1 : NULL)
        if (strncmp(list, word, length) == 0 && (list[length] == ',' || list[length] == '\0'))
            return true;
    return false;
}

/* Spaces and the like are \040 in /proc/self/mountinfo. */
static void unescape(char *text) {
    char *to = text;
    for (; *text; text++)
        if (text[0] == '\\' && strspn(text + 1, "01234567") >= 3) {
            *to++ = (char)((text[1] - '0') * 64 + (text[2] - '0') * 8 + (text[3] - '0'));
            text += 3;
        } else
            *to++ = *text;
    *to = '\0';
}

static bool find_mount(struct hierarchy *hierarchy) {
    char *line = NULL;
    size_t room = 0;
    bool found = false;
    FILE *file = fopen("/proc/self/mountinfo", "re");
    while (file && !found && getline(&line, &room, file) > 0) {
        char root[PATH_SIZE], mount[PATH_SIZE], type[64], options[PATH_SIZE];
        const char *rest = strstr(line, " - ");
        if (!rest || sscanf(line, "%*s %*s %*s %4095s %4095s", root, mount) != 2 ||
            sscanf(rest, " - %63s %*s %4095s", type, options) != 2)
            continue;
        found = hierarchy->unified ? strcmp(type, "cgroup2") == 0
                                   : strcmp(type, "cgroup") == 0 && has_word(options, "cpu");
        unescape(root);
        unescape(mount);
        (void)snprintf(hierarchy->root, sizeof hierarchy->root, "%s", root);
        (void)snprintf(hierarchy->mount, sizeof hierarchy->mount, "%s", mount);
    }
    free(line);
    if (file)
        (void)fclose(file);
    return found;
}

/* A line of /proc/self/cgroup: NUMBER:CONTROLLERS:PATH */
static bool find_path(struct hierarchy *hierarchy) {
    char *line = NULL;
    size_t room = 0;
    bool found = false;
    FILE *file = fopen("/proc/self/cgroup", "re");
    while (file && !found && getline(&line, &room, file) > 0) {
        char *controllers = strchr(line, ':');
        char *path = controllers ? strchr(controllers + 1, ':') : NULL;
        if (!path)
            continue;
        *path++ = '\0';
        path[strcspn(path, "\n")] = '\0';
        found = hierarchy->unified ? strncmp(line, "0:", 2) == 0 && !controllers[1]
                                   : has_word(controllers + 1, "cpu");
        (void)snprintf(hierarchy->path, sizeof hierarchy->path, "%s", path);
    }
    free(line);
    if (file)
        (void)fclose(file);
    return found;
}

static bool read_file(const char *folder, const char *name, char *text, size_t size) {
    char path[2 * PATH_SIZE];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t length = read(fd, text, size - 1);
    (void)close(fd);
    text[length > 0 ? length : 0] = '\0';
    return length > 0;
}

/* How many processors a group's quota is worth, rounded up; 0: it has none. */
static long long quota_of(bool unified, const char *folder) {
    char quota[64], period[64];
    long long part = -1, whole = 0;
    if (unified) {
        if (read_file(folder, "cpu.max", quota, sizeof quota) && strncmp(quota, "max", 3) != 0)
            (void)sscanf(quota, "%19lld %19lld", &part, &whole);
    } else if (read_file(folder, "cpu.cfs_quota_us", quota, sizeof quota) &&
               read_file(folder, "cpu.cfs_period_us", period, sizeof period)) {
        part = strtoll(quota, NULL, 10);
        whole = strtoll(period, NULL, 10);
    }
    return part > 0 && whole > 0 ? (part + whole - 1) / whole : 0;
}

/* The smallest quota from our group up to what is mounted. */
static int quota_count(bool unified, int count) {
    struct hierarchy hierarchy = {.unified = unified};
    char folder[2 * PATH_SIZE];
    if (!find_path(&hierarchy) || !find_mount(&hierarchy))
        return count;
    const char *path = hierarchy.path;
    size_t root = strcmp(hierarchy.root, "/") == 0 ? 0 : strlen(hierarchy.root);
    /* In a container the mount may show our own group only, under another name. */
    path = strncmp(path, hierarchy.root, root) == 0 ? path + root : "";
    int base = snprintf(folder, sizeof folder, "%s", hierarchy.mount);
    (void)snprintf(folder + base, sizeof folder - (size_t)base, "%s", path);
    for (;;) {
        long long quota = quota_of(unified, folder);
        if (quota > 0 && quota < count)
            count = (int)quota;
        char *slash = strrchr(folder + base, '/');
        if (!slash)
            return count;
        *slash = '\0';
    }
}

int usable_processors(void) { return quota_count(false, quota_count(true, affinity_count())); }
