/* SPDX-License-Identifier: MIT */
#include "linux_entries.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

void fx_entries_begin(struct fx_entries *entries, int directory) {
    entries->directory = directory;
    entries->used = entries->filled = 0;
}

const struct fx_entry *fx_entries_next(struct fx_entries *entries, int *code) {
    *code = 0;
    if (entries->used == entries->filled) {
        entries->used = 0;
        entries->filled = syscall(SYS_getdents64, (long)entries->directory, entries->buffer,
                                  sizeof entries->buffer);
        if (entries->filled <= 0) {
            *code = entries->filled < 0 ? -errno : 0;
            entries->filled = 0;
            return NULL;
        }
    }
    const struct fx_entry *entry = (const void *)(entries->buffer + entries->used);
    entries->used += entry->size;
    return entry;
}

void fx_entries_end(struct fx_entries *entries) { (void)close(entries->directory); }
