/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "command.h"
#include "names/namespace.h"
#include "platform/containment.h"
#include "platform/platform.h"

/* The same on every machine that has it. */
#define NEW_USER 0x10000000U
#define NEW_PID 0x20000000U

/* ---- unshare ---- */

static int check_unshare_flags(const fx_command *command, fx_error *error) {
    unsigned int all = fx_platform_namespaces(), unknown = command->unshare & ~all;
    /* Where there are none, that is said of the step. */
    if (all && unknown)
        return fx_error_command(error, -EINVAL, "unshare", "0x%x is no kind of namespace", unknown);
    if (fx_command_may_skip(command, FX_STEP_UNSHARE))
        return 0;
    for (unsigned int type = 1; type && all; type <<= 1)
        if ((command->unshare & type) && !fx_platform_has_namespace(type))
            return fx_error_command(error, -ENOTSUP, "unshare",
                                    "this system cannot do it: it needs a kernel with %s",
                                    fx_namespace_constant(type));
    return 0;
}

static bool joins(const fx_command *command, unsigned int type) {
    for (size_t i = 0; i < command->namespace_count; i++)
        if ((unsigned int)command->namespaces[i].type == type)
            return true;
    return false;
}

/* What has to be done at birth cannot come after what a step does. */
static int check_birth(const fx_command *command, fx_error *error) {
    unsigned int born = fx_platform_birth_namespaces(command->unshare);
    if (!born)
        return 0;
    if (command->callback.function)
        return fx_error_command(error, -EINVAL, "callback",
                                "excludes CLONE_NEWPID in unshare: fork(2) of the C library, which "
                                "a callback needs, cannot make such a child");
    if ((born & NEW_USER) && command->namespace_count)
        return fx_error_command(error, -EINVAL, "namespaces",
                                "cannot be joined before CLONE_NEWUSER when CLONE_NEWPID is in "
                                "unshare too, as these two are made at birth");
    if (joins(command, NEW_USER))
        return fx_error_command(error, -EINVAL, "namespaces",
                                "a user namespace cannot be joined before CLONE_NEWPID in unshare, "
                                "which is made at birth");
    return 0;
}

/* ---- namespaces ---- */

static int check_namespace(const fx_namespace *joined, size_t i, fx_error *error) {
    unsigned int type = (unsigned int)joined->type;
    if (type && fx_platform_namespaces() && !fx_namespace_constant(type))
        return fx_error_command(error, -EINVAL, "namespaces",
                                "entry %zu: 0x%x is no kind of namespace", i, type);
    if (!joined->path == !joined->descriptor.set)
        return fx_error_command(error, -EINVAL, "namespaces",
                                "entry %zu: must have a path or a descriptor, and not both", i);
    if (joined->path && !*joined->path)
        return fx_error_command(error, -EINVAL, "namespaces", "entry %zu: the path is empty", i);
    if (joined->path)
        return 0;
    int flags = fx_sys_descriptor_flags(joined->descriptor.value);
    if (flags < 0)
        return fx_error_command(error, flags, "namespaces", "entry %zu: descriptor %d is not open",
                                i, joined->descriptor.value);
    return 0;
}

static int check_joined(const fx_command *command, fx_error *error) {
    if (command->namespace_count && !command->namespaces)
        return fx_error_command(error, -EINVAL, "namespaces", "the list is NULL");
    for (size_t i = 0; i < command->namespace_count; i++) {
        int result = check_namespace(&command->namespaces[i], i, error);
        if (result < 0)
            return result;
    }
    return 0;
}

/* ---- id maps ---- */

static bool overlap(unsigned int first, unsigned int second, const fx_id_map *a,
                    const fx_id_map *b) {
    return first < (uint64_t)second + b->count && second < (uint64_t)first + a->count;
}

static bool is_range(unsigned int first, unsigned int count) {
    /* The last number there is means "none" to the kernel. */
    return count > 0 && (uint64_t)first + count <= UINT32_MAX;
}

static int check_map(const char *field, const fx_id_map *map, size_t count, fx_error *error) {
    size_t length = 0, most = (size_t)sysconf(_SC_PAGESIZE);
    if (count && !map)
        return fx_error_command(error, -EINVAL, field, "the list is NULL");
    for (size_t i = 0; i < count; i++) {
        const fx_id_map *entry = &map[i];
        if (!is_range(entry->inside, entry->count) || !is_range(entry->outside, entry->count))
            return fx_error_command(error, -EINVAL, field, "entry %zu: %u:%u:%u is no range of ids",
                                    i, entry->inside, entry->outside, entry->count);
        for (size_t other = 0; other < i; other++)
            if (overlap(entry->inside, map[other].inside, entry, &map[other]) ||
                overlap(entry->outside, map[other].outside, entry, &map[other]))
                return fx_error_command(error, -EINVAL, field, "entries %zu and %zu overlap", other,
                                        i);
        length +=
            (size_t)snprintf(NULL, 0, "%u %u %u\n", entry->inside, entry->outside, entry->count);
    }
    /* The kernel takes a map in one write only. */
    if (length >= most)
        return fx_error_command(error, -E2BIG, field, "%zu bytes of text are more than a page",
                                length);
    return 0;
}

static int check_maps(const fx_command *command, fx_error *error) {
    enum { MOST = 340 }; /* UID_GID_MAP_MAX_EXTENTS */
    const struct {
        const char *field;
        const fx_id_map *map;
        size_t count;
    } maps[] = {
        {"uid_map", command->uid_map, command->uid_map_count},
        {"gid_map", command->gid_map, command->gid_map_count},
    };
    for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++) {
        if (!maps[i].count)
            continue;
        if (maps[i].count > MOST)
            return fx_error_command(error, -E2BIG, maps[i].field,
                                    "%zu entries are more than the %d that a kernel takes",
                                    maps[i].count, MOST);
        if (!(command->unshare & NEW_USER))
            return fx_error_command(error, -EINVAL, maps[i].field,
                                    "needs CLONE_NEWUSER in unshare");
        int result = check_map(maps[i].field, maps[i].map, maps[i].count, error);
        if (result < 0)
            return result;
    }
    return 0;
}

/* ---- cgroup ---- */

static int check_cgroup(const fx_command *command, fx_error *error) {
    const char *field = command->cgroup ? "cgroup" : "cgroup_fd";
    if (!command->cgroup && !command->cgroup_fd.set)
        return 0;
    if (command->cgroup && command->cgroup_fd.set)
        return fx_error_command(error, -EINVAL, "cgroup_fd", "excludes cgroup");
    if (command->cgroup && !*command->cgroup)
        return fx_error_command(error, -EINVAL, field, "is empty");
    if (!command->cgroup) {
        int result = fx_check_open(command->cgroup_fd.value, field, error);
        if (result < 0)
            return result;
    }
    /* Else a child would be put, by cgroup.procs, where no CLONE_INTO_CGROUP could. */
    if (!fx_platform_is_cgroup(command->cgroup, command->cgroup_fd.value))
        return fx_error_command(error, -EINVAL, field, "is no cgroup of version 2");
    return 0;
}

int fx_check_namespaces(const fx_command *command, fx_error *error) {
    int (*const checks[])(const fx_command *, fx_error *) = {
        check_unshare_flags, check_joined, check_birth, check_maps, check_cgroup,
    };
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        int result = checks[i](command, error);
        if (result < 0)
            return result;
    }
    return 0;
}
