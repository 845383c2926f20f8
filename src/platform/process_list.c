/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "processes.h"

int fx_process_list_reserve(struct fx_process_list *list, size_t room) {
    if (room <= list->room)
        return 0;
    /* Processes come and go: the next time there may be a few more. */
    room += room / 4 + 16;
    if (room > SIZE_MAX / sizeof *list->items)
        return -ENOMEM;
    struct fx_process *items = realloc(list->items, room * sizeof *items);
    if (!items)
        return -ENOMEM;
    list->items = items;
    list->room = room;
    return 0;
}

void fx_process_list_free(struct fx_process_list *list) {
    free(list->items);
    *list = (struct fx_process_list){NULL, 0, 0};
}
