/* SPDX-License-Identifier: MIT
 *
 * Sharing the table of descriptors with a child, for the moment between its birth and its
 * first act.
 *
 * A child with a table of its own pays for every descriptor of its parent twice: to copy it, and
 * to close it. One that is born sharing the table, and then cuts itself off from it above
 * all that it needs, pays only for what lies below. So what it needs is copied to low numbers (see
 * reserve.c), and where there are none, it fetches from its parent's table what lies too high.
 */
#include <stdatomic.h>
#include <sys/resource.h>
#include <unistd.h>

#include "launch.h"
#include "platform/platform.h"
#include "platform/sorted.h"

/*
 * The child may not cut itself off, because a filter in front of the kernel refuses. That is not
 * forgotten, though it may concern one thread only: a table of its own is always right.
 */
static atomic_bool is_refused;

bool fx_table_is_shared(const struct fx_launch *launch) { return launch->frame.table_end > 0; }

static bool may_share(const struct fx_plan *plan) {
    /* What steps need besides lies anywhere: a table of its own is right for that. */
    return plan->mechanism != FX_MECHANISM_FORK && plan->mechanism != FX_MECHANISM_HELPER &&
           plan->closes_others && plan->held_count == 0 &&
           !atomic_load_explicit(&is_refused, memory_order_relaxed) && fx_platform_shares_table();
}

/* Nor may it fetch anything from the parent's; that takes the rights of a debugger. */
static atomic_bool is_fetching_refused;

static bool may_fetch(const struct fx_launch *launch) {
    /* A child in another pid namespace does not know its parent. */
    return launch->may_fetch && !launch->plan->birth_flags &&
           !atomic_load_explicit(&is_fetching_refused, memory_order_relaxed);
}

/* ---- moving what the child needs to low numbers ---- */

static size_t count_high(const struct fx_launch *launch) {
    size_t count = !fx_is_low(launch->frame.directory);
    for (size_t i = 0; i < launch->plan->entry_count; i++)
        count += !fx_is_low(launch->map[i].parent);
    return count;
}

/*
 * Descriptors can lie above a limit that was lowered since. Nothing can be copied to such a number
 * any more, so what is to keep it has to stay there.
 */
static bool must_stay(const fx_map *entry, const struct rlimit *limit) {
    return entry->parent == entry->child && (rlim_t)entry->child >= limit->rlim_cur;
}

static int find_copy(const struct fx_copy *copies, size_t count, int from) {
    for (size_t i = 0; i < count; i++)
        if (copies[i].from == from)
            return copies[i].to;
    return -1;
}

/* The number that takes the place of this one; the same for all that read it. */
static int lowered(struct fx_launch *launch, int number) {
    int to = find_copy(launch->low, launch->low_count, number);
    if (to >= 0)
        return to;
    to = fx_low_take(number, &launch->low_held);
    if (to >= 0)
        launch->low[launch->low_count++] = (struct fx_copy){.from = number, .to = to};
    return to;
}

static void lower_sources(struct fx_launch *launch, const struct rlimit *limit) {
    for (size_t i = 0; i < launch->plan->entry_count; i++) {
        fx_map *entry = &launch->map[i];
        if (fx_is_low(entry->parent) || must_stay(entry, limit))
            continue;
        int to = lowered(launch, entry->parent);
        /* Whatever the reason: the others would fare no better, and all can be had where they are.
         */
        if (to < 0)
            return;
        entry->parent = to;
    }
}

/* The child enters it after its map has been carried out. */
static void lower_directory(struct fx_launch *launch) {
    int directory = launch->frame.directory;
    int to = fx_is_low(directory) ? -1 : lowered(launch, directory);
    if (to >= 0 && !fx_sorted_has(launch->plan->targets, launch->plan->entry_count, to))
        fx_keep_aside_instead(launch, &launch->frame.directory, to);
}

/* ---- leaving it to the child to fetch ---- */

/* To fetch costs more than to let a few others come along. */
static bool is_worth_fetching(int number) {
    enum { LEAST = 256 };
    return number >= LEAST;
}

static bool is_to_be_fetched(const fx_map *entry, const struct rlimit *limit) {
    return is_worth_fetching(entry->parent) && !must_stay(entry, limit);
}

/* A number above the cut that is no target. */
static int next_free(const struct fx_launch *launch, int number) {
    do
        number++;
    while (fx_sorted_has(launch->plan->targets, launch->plan->entry_count, number));
    return number;
}

static int fetched(struct fx_launch *launch, int number, int *last) {
    int to = find_copy(launch->fetched, launch->frame.fetched_count, number);
    if (to >= 0)
        return to;
    *last = next_free(launch, *last);
    launch->fetched[launch->frame.fetched_count++] = (struct fx_copy){.from = number, .to = *last};
    return *last;
}

/* The first number above the cut is for what the child fetches through. */
static void leave_to_fetch(struct fx_launch *launch, const struct rlimit *limit) {
    int last = launch->frame.table_end;
    for (size_t i = 0; i < launch->plan->entry_count; i++) {
        fx_map *entry = &launch->map[i];
        if (is_to_be_fetched(entry, limit))
            entry->parent = fetched(launch, entry->parent, &last);
    }
    if (is_worth_fetching(launch->frame.directory))
        fx_keep_aside_instead(launch, &launch->frame.directory,
                              fetched(launch, launch->frame.directory, &last));
    if (launch->frame.fetched_count == 0)
        return;
    launch->frame.fetched = launch->fetched;
    launch->frame.parent = getpid();
    launch->frame.parent_thread = fx_platform_thread();
}

/* ---- where to cut ---- */

static int above(int end, int number) { return number >= end ? number + 1 : end; }

/*
 * What is exempt and close-on-exec is of use only to code of the caller's in the child, which there
 * is none of on shared memory; it need not come along.
 */
static int above_exempt(const struct fx_plan *plan, int end) {
    for (size_t i = 0; i < plan->open_count; i++) {
        int number = plan->open[i];
        if (number >= end && !fx_sorted_has(plan->targets, plan->entry_count, number) &&
            fx_sys_descriptor_flags(number) == 0)
            end = number + 1;
    }
    return end;
}

static int find_end(const struct fx_launch *launch, bool fetches, const struct rlimit *limit) {
    /* 0, 1 and 2 are the child's whatever else is. */
    int end = 3, directory = launch->frame.directory;
    if (!(fetches && is_worth_fetching(directory)))
        end = above(end, directory);
    for (size_t i = 0; i < launch->plan->entry_count; i++) {
        if (!(fetches && is_to_be_fetched(&launch->map[i], limit)))
            end = above(end, launch->map[i].parent);
    }
    return above_exempt(launch->plan, end);
}

void fx_table_share(struct fx_launch *launch) {
    struct rlimit limit = {.rlim_cur = RLIM_INFINITY};
    launch->frame.fetched_count = 0;
    if (!may_share(launch->plan))
        return;
    size_t high = count_high(launch);
    bool moves = high > 0 && high <= FX_LOW_MAX && getrlimit(RLIMIT_NOFILE, &limit) == 0;
    bool fetches = moves && may_fetch(launch);
    if (moves) {
        lower_sources(launch, &limit);
        lower_directory(launch);
    }
    launch->frame.table_end = find_end(launch, fetches, &limit);
    if (fetches)
        leave_to_fetch(launch, &limit);
}

void fx_table_give_back(struct fx_launch *launch) {
    fx_low_give_back(launch->low, launch->low_count, launch->low_held);
    launch->low_count = 0;
}

/* ---- when the child could not ---- */

static void note(atomic_bool *what) { atomic_store_explicit(what, true, memory_order_relaxed); }

enum fx_table_failure fx_table_failure(const struct fx_launch *launch) {
    const struct fx_frame *frame = &launch->frame;
    if (!fx_table_is_shared(launch) || frame->report.progress != FX_PROGRESS_FAILED)
        return FX_TABLE_NO_FAILURE;
    bool refusal = fx_is_refusal(frame->report.code);
    if (frame->table_state == FX_TABLE_SHARED && refusal) {
        note(&is_refused);
        return FX_TABLE_NOT_LEFT;
    }
    if (frame->table_state == FX_TABLE_CUT) {
        /* Else what was to be fetched has just been closed, which is for the child's map to say. */
        if (refusal)
            note(&is_fetching_refused);
        return FX_TABLE_NOT_FETCHED;
    }
    return FX_TABLE_NO_FAILURE;
}
