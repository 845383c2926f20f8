/* SPDX-License-Identifier: MIT
 *
 * Control groups of version 2, and the processes in them.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "linux_entries.h"
#include "processes.h"

#define CGROUP_MAGIC 0x63677270 /* CGROUP2_SUPER_MAGIC */

int fx_platform_check_cgroup(int directory) {
    struct statfs system;
    if (fstatfs(directory, &system) < 0)
        return -errno;
    return (unsigned long)system.f_type == CGROUP_MAGIC ? 0 : -EINVAL;
}

int fx_platform_kill_cgroup(int directory) {
    int fd = openat(directory, "cgroup.kill", O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int result = write(fd, "1", 1) < 0 ? -errno : 0;
    (void)close(fd);
    return result;
}

struct visitor {
    int (*visit)(void *argument, pid_t pid);
    void *argument;
};

/* Whole lines of a number each; a line may be cut at the end of what was read. */
static int visit_lines(int fd, const struct visitor *visitor) {
    char text[4096];
    pid_t pid = 0;
    for (;;) {
        ssize_t size = read(fd, text, sizeof text);
        if (size <= 0)
            return size < 0 ? -errno : 0;
        for (ssize_t i = 0; i < size; i++) {
            if (text[i] != '\n') {
                pid = pid * 10 + (text[i] - '0');
                continue;
            }
            int result = visitor->visit(visitor->argument, pid);
            if (result != 0)
                return result;
            pid = 0;
        }
    }
}

static int visit_one(int directory, const struct visitor *visitor) {
    int fd = openat(directory, "cgroup.procs", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    int result = visit_lines(fd, visitor);
    (void)close(fd);
    return result;
}

static bool is_gone(int code) { return code == -ENOENT || code == -ENODEV; }

static int visit_below(int parent, const struct visitor *visitor);

static int visit_child(int parent, const char *name, const struct visitor *visitor) {
    int directory = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory < 0)
        return is_gone(-errno) ? 0 : -errno;
    int result = visit_one(directory, visitor);
    /* The processes of a threaded one are told by the first above it that is none. */
    if (result == -EOPNOTSUPP || is_gone(result))
        result = 0;
    if (result == 0)
        result = visit_below(directory, visitor);
    (void)close(directory);
    return result;
}

static int visit_below(int parent, const struct visitor *visitor) {
    /* One's own place in the directory; the caller's descriptor may be shared, or O_PATH. */
    int directory = openat(parent, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return is_gone(-errno) ? 0 : -errno;
    struct fx_entries entries;
    const struct fx_entry *entry;
    const unsigned char directory_type = 4; /* DT_DIR */
    int result = 0, code;
    fx_entries_begin(&entries, directory);
    while (result == 0 && (entry = fx_entries_next(&entries, &code)))
        if (entry->type == directory_type && strcmp(entry->name, ".") != 0 &&
            strcmp(entry->name, "..") != 0)
            result = visit_child(directory, entry->name, visitor);
    fx_entries_end(&entries);
    if (result != 0)
        return result;
    return is_gone(code) ? 0 : code;
}

int fx_platform_visit_cgroup(int directory, int (*visit)(void *argument, pid_t pid),
                             void *argument) {
    struct visitor visitor = {visit, argument};
    int result = visit_one(directory, &visitor);
    if (is_gone(result))
        return -ESRCH;
    return result == 0 ? visit_below(directory, &visitor) : result;
}
