/* SPDX-License-Identifier: MIT
 *
 * The entries of a directory, by the system call: opendir(3) would allocate.
 */
#ifndef FX_PLATFORM_LINUX_ENTRIES_H
#define FX_PLATFORM_LINUX_ENTRIES_H

#include <stdint.h>

struct fx_entry {
    uint64_t inode;
    int64_t offset;
    unsigned short size;
    unsigned char type;
    char name[];
};

struct fx_entries {
    int directory;
    long used;
    long filled;
    _Alignas(struct fx_entry) char buffer[4096];
};

/* `directory` is at its beginning, and belongs to this from now on. */
void fx_entries_begin(struct fx_entries *entries, int directory);
/* The next one, valid until the call after; NULL after the last, or with a negative `*code`. */
const struct fx_entry *fx_entries_next(struct fx_entries *entries, int *code);
void fx_entries_end(struct fx_entries *entries);

#endif
