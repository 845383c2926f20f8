/* SPDX-License-Identifier: MIT
 *
 * Finding whoever is in a scope in the list of all processes.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "reach.h"

enum fx_child_state fx_child_state(fx_child *child) {
    fx_child_lock(child);
    bool reaped = child->reaped;
    fx_child_unlock(child);
    if (child->pid <= 0 || reaped)
        return FX_CHILD_GONE;
    int result = fx_wait(child, 0, FX_WAIT_NO_REAP, NULL);
    return result == -ETIMEDOUT ? FX_CHILD_RUNS : result < 0 ? FX_CHILD_GONE : FX_CHILD_ENDED;
}

pid_t fx_child_group(const fx_child *child) {
    pid_t group = getpgid(child->pid);
    return group < 0 ? child->pid : group;
}

pid_t fx_child_session(const fx_child *child) {
    pid_t session = getsid(child->pid);
    return session < 0 ? child->pid : session;
}

int fx_reach_running(const struct fx_reach *reach) {
    int running = 0;
    for (size_t i = 0; i < reach->count; i++)
        running += fx_child_state(reach->children[i]) == FX_CHILD_RUNS;
    return running;
}

static int compare(const void *pid, const void *process) {
    pid_t wanted = *(const pid_t *)pid, found = ((const struct fx_process *)process)->pid;
    return (wanted > found) - (wanted < found);
}

static struct fx_process *find(const struct fx_process_list *all, pid_t pid) {
    return all->count == 0 ? NULL
                           : bsearch(&pid, all->items, all->count, sizeof *all->items, compare);
}

/* ---- marks on those that are in the scope, ended or not ---- */

static void mark_all_of(struct fx_process_list *all, const fx_child *child, fx_scope_kind kind) {
    for (size_t i = 0; i < all->count; i++) {
        struct fx_process *process = &all->items[i];
        if ((kind == FX_SCOPE_GROUP ? process->group : process->session) == child->pid)
            process->member = true;
    }
}

/* A child whose state is looked at after the list was made was itself in that list. */
static void mark_children(struct fx_reach *reach) {
    fx_scope_kind kind = reach->scope.kind;
    for (size_t i = 0; i < reach->count; i++) {
        fx_child *child = reach->children[i];
        enum fx_child_state state = fx_child_state(child);
        if (state == FX_CHILD_GONE)
            continue;
        struct fx_process *process = find(&reach->all, child->pid);
        if (process)
            process->member = true;
        else if (state == FX_CHILD_RUNS)
            reach->unseen++;
        if (kind == FX_SCOPE_GROUP || kind == FX_SCOPE_SESSION)
            mark_all_of(&reach->all, child, kind);
    }
}

static int mark_visited(void *argument, pid_t pid) {
    struct fx_reach *reach = argument;
    struct fx_process *process = find(&reach->all, pid);
    if (process)
        process->member = true;
    else
        reach->unseen++;
    return 0;
}

static void mark_remembered(struct fx_reach *reach) {
    for (size_t i = 0; i < reach->members.count; i++) {
        const struct fx_process *member = &reach->members.items[i];
        struct fx_process *process = find(&reach->all, member->pid);
        if (process && process->start == member->start)
            process->member = true;
    }
}

static void mark_tree(struct fx_reach *reach) {
    struct fx_process_list *all = &reach->all;
    pid_t self = getpid();
    mark_remembered(reach);
    for (bool more = true; more;) {
        more = false;
        for (size_t i = 0; i < all->count; i++) {
            struct fx_process *process = &all->items[i];
            if (process->member || process->pid == self)
                continue;
            const struct fx_process *parent = find(all, process->parent);
            process->member =
                process->parent == self ? reach->scope.adopted : parent && parent->member;
            more |= process->member;
        }
    }
}

static int mark(struct fx_reach *reach) {
    reach->unseen = 0;
    if (reach->scope.kind != FX_SCOPE_CGROUP || reach->with_children)
        mark_children(reach);
    if (reach->scope.kind == FX_SCOPE_DESCENDANTS)
        mark_tree(reach);
    if (reach->scope.kind == FX_SCOPE_CGROUP) {
        int result = fx_platform_visit_cgroup(reach->scope.cgroup, mark_visited, reach);
        if (result < 0 && result != -ESRCH)
            return result;
    }
    struct fx_process *self = find(&reach->all, getpid());
    if (self)
        self->member = false;
    return 0;
}

/* ---- and keeping those that run ---- */

static int keep_members(struct fx_reach *reach) {
    struct fx_process_list *all = &reach->all, *members = &reach->members;
    int result = fx_process_list_reserve(members, members->count + all->count);
    if (result < 0)
        return result;
    size_t kept = 0;
    for (size_t i = 0; i < members->count; i++) {
        struct fx_process member = members->items[i];
        struct fx_process *process = find(all, member.pid);
        if (!process || process->start != member.start || !process->member || process->ended)
            continue;
        process->known = true;
        member.still = process->still;
        members->items[kept++] = member;
    }
    for (size_t i = 0; i < all->count; i++)
        if (all->items[i].member && !all->items[i].ended && !all->items[i].known)
            members->items[kept++] = all->items[i];
    members->count = kept;
    return (int)kept + reach->unseen;
}

static int look_once(struct fx_reach *reach) {
    int result = fx_platform_list_processes(&reach->all);
    if (result == 0)
        result = mark(reach);
    return result < 0 ? result : keep_members(reach);
}

/*
 * A list is made in a while: one that was read as ended may in that while have left a child that
 * had not been there when the names were read. A second list has it.
 */
int fx_reach_look(struct fx_reach *reach) {
    if (reach->scope.kind == FX_SCOPE_PROCESS)
        return fx_reach_running(reach);
    int found = look_once(reach);
    return found == 0 ? look_once(reach) : found;
}
