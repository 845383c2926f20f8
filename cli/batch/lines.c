/* SPDX-License-Identifier: MIT */
#include "lines.h"

#include <stdlib.h>
#include <string.h>

#include "../request.h"

/* A line that is longer comes in pieces: it could be without an end. */
enum { LONGEST_LINE = 1 << 20 };

static void put(struct lines *lines, const char *data, size_t size) {
    if (lines->used + size > lines->room) {
        size_t room = 2 * (lines->used + size);
        char *grown = allocate(room, 1);
        if (lines->used > 0)
            memcpy(grown, lines->text, lines->used);
        free(lines->text);
        lines->text = grown;
        lines->room = room;
    }
    memcpy(lines->text + lines->used, data, size);
    lines->used += size;
}

size_t lines_add(struct lines *lines, const char *tag, const char *data, size_t size) {
    size_t whole = 0;
    while (size > 0) {
        const char *end = memchr(data, '\n', size);
        size_t part = end ? (size_t)(end - data) + 1 : size;
        if (tag && !lines->inside) {
            put(lines, tag, strlen(tag));
            put(lines, "\t", 1);
        }
        put(lines, data, part);
        lines->inside = !end;
        if (end)
            whole = lines->used;
        data += part;
        size -= part;
    }
    return lines->used > LONGEST_LINE ? lines->used : whole;
}

size_t lines_finish(struct lines *lines) {
    if (lines->inside)
        put(lines, "\n", 1);
    lines->inside = false;
    return lines->used;
}

void lines_take(struct lines *lines, size_t size) {
    if (size == 0)
        return;
    lines->used -= size;
    memmove(lines->text, lines->text + size, lines->used);
}

void lines_free(struct lines *lines) {
    free(lines->text);
    *lines = (struct lines){0};
}
