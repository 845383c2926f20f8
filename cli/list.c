/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "request.h"

static void *checked(void *memory) {
    if (!memory) {
        (void)complain(NULL, "out of memory");
        exit(STATUS_FAILED);
    }
    return memory;
}

void *allocate(size_t count, size_t size) { return checked(calloc(count ? count : 1, size)); }

void *list_add(struct list *list, size_t size) {
    /* No overflow: an element stands for at least a byte of the command line. */
    char *data = checked(realloc(list->data, (list->count + 2) * size));
    char *added = data + list->count * size;
    memset(added, 0, 2 * size);
    list->data = data;
    list->count++;
    return added;
}

void list_add_text(struct list *list, const char *text) {
    const char **added = list_add(list, sizeof *added);
    *added = text;
}
