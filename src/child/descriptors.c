/* SPDX-License-Identifier: MIT */
#include "child.h"
#include "platform/platform.h"
#include "platform/sorted.h"

static bool is_wanted(const struct fx_frame *frame, int fd) {
    const struct fx_plan *plan = frame->plan;
    if (fx_sorted_has(plan->targets, plan->entry_count, fd))
        return true;
    for (size_t i = 0; i < frame->move_count; i++)
        if (frame->moves[i].from == fd)
            return true;
    return false;
}

/*
 * A copy at a number that no entry of the map will write, nor read: a source that another
 * thread has just closed must stay an error.
 */
static int lift(const struct fx_frame *frame, int from) {
    int minimum = 3;
    for (;;) {
        int fd = fx_sys_dup_above(from, minimum);
        if (fd < 0 || !is_wanted(frame, fd))
            return fd;
        int result = fx_sys_close(fd);
        if (result < 0)
            return result;
        minimum = fd + 1;
    }
}

int fx_run_descriptors(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    int aside = -1;
    (void)step;
    for (size_t i = 0; i < frame->move_count; i++) {
        const struct fx_move *move = &frame->moves[i];
        int result = 0;
        *index = move->kind == FX_MOVE_LIFT ? move->from : move->to;
        switch (move->kind) {
        case FX_MOVE_DUP:
            result = fx_sys_dup_to(move->from, move->to);
            break;
        case FX_MOVE_INHERIT:
            result = fx_sys_make_inheritable(move->to);
            break;
        case FX_MOVE_LIFT:
            result = aside = lift(frame, move->from);
            break;
        case FX_MOVE_LOWER:
            result = fx_sys_dup_to(aside, move->to);
            break;
        }
        if (result < 0)
            return result;
    }
    return 0;
}

int fx_run_close(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)frame;
    (void)index;
    return fx_sys_close((int)step->number);
}

int fx_run_close_others(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    /* 0, 1 and 2 are never closed as "others": a file opened later must not become one of them. */
    enum { FIRST = 3 };
    (void)step;
    (void)index;
    if (frame->table_end > 0)
        return fx_sys_close_cut(FIRST, frame->table_end, frame->open, frame->open_count);
    return fx_sys_close_except(FIRST, frame->open, frame->open_count);
}
