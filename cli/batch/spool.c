/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "output.h"

enum { MOST_IN_MEMORY = 65536, LEAST_IN_MEMORY = 1024 };

int write_fully(int fd, const char *data, size_t size) {
    while (size > 0) {
        ssize_t written = write(fd, data, size);
        if (written < 0 && errno == EAGAIN) {
            /* Somebody else's flag, on a description that is shared with him. */
            struct pollfd ready = {.fd = fd, .events = POLLOUT};
            (void)poll(&ready, 1, -1);
            continue;
        }
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -errno;
        data += written;
        size -= (size_t)written;
    }
    return 0;
}

static int open_spill(struct output *output) {
    const char *folder = getenv("TMPDIR");
    char path[4096];
    int length =
        snprintf(path, sizeof path, "%s/forkexec-XXXXXX", folder && *folder ? folder : "/tmp");
    if (length < 0 || (size_t)length >= sizeof path)
        return -ENAMETOOLONG;
    output->spill = mkstemp(path);
    if (output->spill < 0)
        return -errno;
    (void)unlink(path);
    return 0;
}

static int write_at(int fd, const char *data, size_t size, off_t offset) {
    while (size > 0) {
        ssize_t written = pwrite(fd, data, size, offset);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -errno;
        data += written;
        offset += written;
        size -= (size_t)written;
    }
    return 0;
}

static int note_extent(struct output *output, struct spool *spool, off_t size) {
    struct extent *last = spool->extent_count ? &spool->extents[spool->extent_count - 1] : NULL;
    if (last && last->offset + last->size == output->spill_end) {
        last->size += size;
        return 0;
    }
    /* The room is doubled whenever the count is a power of two. */
    if ((spool->extent_count & (spool->extent_count - 1)) == 0) {
        size_t room = spool->extent_count ? 2 * spool->extent_count : 1;
        struct extent *grown = realloc(spool->extents, room * sizeof *grown);
        if (!grown)
            return -ENOMEM;
        spool->extents = grown;
    }
    spool->extents[spool->extent_count++] = (struct extent){output->spill_end, size};
    return 0;
}

int spool_spill(struct output *output, struct spool *spool) {
    int result = output->spill < 0 ? open_spill(output) : 0;
    if (spool->used == 0 || result < 0)
        return result;
    result = write_at(output->spill, spool->memory, spool->used, output->spill_end);
    if (result == 0)
        result = note_extent(output, spool, (off_t)spool->used);
    if (result < 0)
        return result;
    output->spill_end += (off_t)spool->used;
    output->spilled += (off_t)spool->used;
    spool->used = 0;
    return 0;
}

static int make_room(struct spool *spool, size_t size) {
    size_t room = spool->room ? spool->room : LEAST_IN_MEMORY;
    while (room < spool->used + size && room < MOST_IN_MEMORY)
        room *= 2;
    if (room == spool->room)
        return 0;
    char *grown = realloc(spool->memory, room);
    if (!grown)
        return -ENOMEM;
    spool->memory = grown;
    spool->room = room;
    return 0;
}

int spool_add(struct output *output, struct spool *spool, const char *data, size_t size) {
    while (size > 0) {
        int result = make_room(spool, size);
        if (result == 0 && spool->used == spool->room)
            result = spool_spill(output, spool);
        if (result < 0)
            return result;
        size_t part = spool->room - spool->used;
        part = part < size ? part : size;
        memcpy(spool->memory + spool->used, data, part);
        spool->used += part;
        data += part;
        size -= part;
    }
    return 0;
}

static int copy_extent(const struct output *output, struct extent extent, int fd) {
    char buffer[16384];
    while (extent.size > 0) {
        size_t part = extent.size < (off_t)sizeof buffer ? (size_t)extent.size : sizeof buffer;
        ssize_t size = pread(output->spill, buffer, part, extent.offset);
        if (size < 0 && errno == EINTR)
            continue;
        if (size <= 0)
            return size < 0 ? -errno : -EIO;
        int result = write_fully(fd, buffer, (size_t)size);
        if (result < 0)
            return result;
        extent.offset += size;
        extent.size -= size;
    }
    return 0;
}

int spool_write(struct output *output, struct spool *spool, int fd) {
    int result = 0;
    for (size_t i = 0; i < spool->extent_count && result == 0; i++)
        result = copy_extent(output, spool->extents[i], fd);
    if (result == 0)
        result = write_fully(fd, spool->memory, spool->used);
    spool_drop(output, spool);
    return result;
}

void spool_drop(struct output *output, struct spool *spool) {
    for (size_t i = 0; i < spool->extent_count; i++)
        output->spilled -= spool->extents[i].size;
    /* Give the disk back when nobody needs it; the next ones begin anew. */
    if (spool->extent_count > 0 && output->spilled == 0 && ftruncate(output->spill, 0) == 0)
        output->spill_end = 0;
    free(spool->extents);
    free(spool->memory);
    *spool = (struct spool){0};
}
