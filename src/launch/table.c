/* SPDX-License-Identifier: MIT
 *
 * Sharing the table of descriptors with a child, for the moment between its birth and its
 * first act.
 *
 * A child with a table of its own pays for every descriptor of its parent twice: to copy it, and
 * to close it. One that is born sharing the table, and then cuts itself off from it above
 * all that it needs, pays only for what lies below. The less what it needs is scattered, the
 * better: see reserve.c.
 */
#include <errno.h>
#include <stdatomic.h>
#include <sys/resource.h>

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
    return plan->mechanism != FX_MECHANISM_FORK && plan->closes_others &&
           !atomic_load_explicit(&is_refused, memory_order_relaxed) && fx_platform_shares_table();
}

/* ---- moving what the child needs to low numbers ---- */

static size_t count_high(const struct fx_launch *launch) {
    size_t count = 0;
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

/* The number that takes the place of this source; the same for all that read it. */
static int lowered(struct fx_launch *launch, int source) {
    for (size_t i = 0; i < launch->low_count; i++)
        if (launch->low[i].from == source)
            return launch->low[i].to;
    int number = fx_low_take(source);
    if (number >= 0)
        launch->low[launch->low_count++] = (struct fx_low){.from = source, .to = number};
    return number;
}

static void lower_sources(struct fx_launch *launch) {
    struct rlimit limit;
    size_t high = count_high(launch);
    if (high == 0 || high > FX_LOW_MAX || getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return;
    for (size_t i = 0; i < launch->plan->entry_count; i++) {
        fx_map *entry = &launch->map[i];
        if (fx_is_low(entry->parent) || must_stay(entry, &limit))
            continue;
        int number = lowered(launch, entry->parent);
        /* Whatever the reason, that it is not open among them: then from where it is. */
        if (number >= 0)
            entry->parent = number;
    }
}

/* The child enters it after its map has been carried out. */
static void lower_directory(struct fx_launch *launch) {
    int directory = launch->frame.directory;
    if (directory < 0 || fx_is_low(directory))
        return;
    int number = fx_low_take(directory);
    if (number < 0)
        return;
    launch->low[launch->low_count++] = (struct fx_low){.from = directory, .to = number};
    if (!fx_sorted_has(launch->plan->targets, launch->plan->entry_count, number))
        fx_keep_aside_instead(launch, &launch->frame.directory, number);
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

void fx_table_share(struct fx_launch *launch) {
    const struct fx_plan *plan = launch->plan;
    if (!may_share(plan))
        return;
    lower_sources(launch);
    lower_directory(launch);

    /* 0, 1 and 2 are the child's whatever else is. */
    int end = above(3, launch->frame.directory);
    for (size_t i = 0; i < plan->entry_count; i++)
        end = above(end, launch->map[i].parent);
    launch->frame.table_end = above_exempt(plan, end);
}

void fx_table_give_back(struct fx_launch *launch) {
    fx_low_give_back(launch->low, launch->low_count);
    launch->low_count = 0;
}

bool fx_table_was_refused(const struct fx_launch *launch) {
    const struct fx_frame *frame = &launch->frame;
    bool refused = fx_table_is_shared(launch) && !frame->table_is_own &&
                   frame->report.progress == FX_PROGRESS_FAILED &&
                   fx_is_refusal(frame->report.code);
    if (refused)
        atomic_store_explicit(&is_refused, true, memory_order_relaxed);
    return refused;
}
