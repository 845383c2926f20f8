/* SPDX-License-Identifier: MIT
 *
 * The first act of a child that was born sharing its parent's table of descriptors.
 */
#include "child.h"
#include "platform/platform.h"

/* The numbers to be filled lie above the cut, where nothing is open. */
static int put_at(int fd, int number) {
    if (fd == number)
        return 0;
    int result = fx_sys_replace(fd, number);
    (void)fx_sys_close(fd);
    return result;
}

/* What lies too high in the parent's table to have come along. */
static int fetch(struct fx_frame *frame) {
    int thread = fx_sys_open_thread(frame->parent, frame->parent_thread), result = 0;
    if (thread < 0)
        return thread;
    for (size_t i = 0; i < frame->fetched_count && result >= 0; i++) {
        result = fx_sys_fetch(thread, frame->fetched[i].from);
        if (result >= 0)
            result = put_at(result, frame->fetched[i].to);
    }
    (void)fx_sys_close(thread);
    return result < 0 ? result : 0;
}

int fx_take_table(struct fx_frame *frame) {
    if (frame->table_end == 0)
        return 0;
    int result = fx_sys_own_table(frame->table_end);
    if (result < 0)
        return result;
    frame->table_state = FX_TABLE_CUT;
    if (frame->fetched_count > 0)
        result = fetch(frame);
    if (result == 0)
        frame->table_state = FX_TABLE_READY;
    return result;
}
