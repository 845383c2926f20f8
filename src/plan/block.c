/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "plan.h"

enum { ALIGNMENT = _Alignof(max_align_t) };

/* NULL while measuring, and where another thread made the environment longer since. */
static void *take_at(struct fx_block *block, size_t at, size_t size) {
    block->used = at + size;
    return block->base && block->used <= block->size ? block->base + at : NULL;
}

void *fx_block_take(struct fx_block *block, size_t count, size_t size) {
    /* Strings before it leave any length behind. */
    size_t at = (block->used + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return take_at(block, at, count * size);
}

char *fx_block_bytes(struct fx_block *block, size_t size) {
    return take_at(block, block->used, size);
}

const char *fx_block_string(struct fx_block *block, const char *text) {
    if (block->borrows)
        return text;
    size_t size = strlen(text) + 1;
    char *copy = fx_block_bytes(block, size);
    if (copy) {
        memcpy(copy, text, size);
        /* Should another thread have put another string there meanwhile. */
        copy[size - 1] = '\0';
    }
    return copy;
}

/* The strings themselves, after the list. */
static void copy_each(struct fx_block *block, const char *const *list, size_t count,
                      const char **copy) {
    for (size_t i = 0; i < count; i++) {
        const char *string = fx_block_string(block, list[i]);
        if (copy)
            copy[i] = string;
    }
}

char *const *fx_block_strings(struct fx_block *block, const char *const *list) {
    size_t count = 0;
    while (list[count])
        count++;
    const char **copy = fx_block_take(block, count + 1, sizeof *copy);
    if (!block->borrows)
        copy_each(block, list, count, copy);
    else if (copy)
        memcpy(copy, list, count * sizeof *copy);
    if (copy)
        copy[count] = NULL;
    /* execve(2) takes arrays of char * for historical reasons; nobody writes to these. */
    return (char *const *)copy;
}
