/* SPDX-License-Identifier: MIT */
#include "reach.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include "platform/platform.h"

/* Processes that fork all the time can keep ahead; whoever calls looks again. */
enum { MOST_PASSES = 64 };

bool fx_waits_for_continue(int signal) {
    return signal != SIGKILL && signal != SIGSTOP && signal != SIGCONT && signal != 0;
}

void fx_reach_begin(struct fx_reach *reach, fx_child *const *children, size_t count,
                    const fx_scope *scope) {
    *reach = (struct fx_reach){.children = children, .count = count, .scope = *scope};
}

void fx_reach_end(struct fx_reach *reach) {
    fx_process_list_free(&reach->all);
    fx_process_list_free(&reach->members);
}

/* Of the results of signalling each of many: one that it reached is enough. */
static int together(int result, int next) {
    if (result == 0 || next == 0)
        return 0;
    return result == -ESRCH ? next : result;
}

/* ---- children and their groups ---- */

static int send_to_child(fx_child *child, int signal, bool continued) {
    int result = fx_signal(child, signal);
    if (result == 0 && continued)
        (void)fx_signal(child, SIGCONT);
    return result;
}

int fx_reach_send_to_children(struct fx_reach *reach, int signal, bool continued) {
    int result = -ESRCH;
    for (size_t i = 0; i < reach->count; i++)
        result = together(result, send_to_child(reach->children[i], signal, continued));
    return result;
}

/* Only while the number is the child's own: as no other thread reaps it meanwhile. */
static int send_to_group(fx_child *child, int signal, bool continued) {
    if (getpgrp() == child->pid)
        return -EINVAL;
    fx_child_lock(child);
    int result = child->reaped ? -ESRCH : 0;
    if (result == 0)
        result = fx_platform_signal_group(child->pid, child->pidfd, signal);
    if (result == 0 && continued)
        (void)fx_platform_signal_group(child->pid, child->pidfd, SIGCONT);
    fx_child_unlock(child);
    return result;
}

static bool is_led_by_another(const struct fx_reach *reach, pid_t group) {
    for (size_t i = 0; i < reach->count; i++)
        if (reach->children[i]->pid == group && fx_child_state(reach->children[i]) != FX_CHILD_GONE)
            return true;
    return false;
}

static int send_to_groups(struct fx_reach *reach, int signal, bool continued) {
    int result = -ESRCH;
    for (size_t i = 0; i < reach->count; i++) {
        fx_child *child = reach->children[i];
        if (fx_child_state(child) == FX_CHILD_GONE)
            continue;
        pid_t group = fx_child_group(child);
        if (group == child->pid)
            result = together(result, send_to_group(child, signal, continued));
        else if (!is_led_by_another(reach, group))
            result = together(result, send_to_child(child, signal, continued));
    }
    return result;
}

/* ---- others, one by one ---- */

static fx_child *child_with(const struct fx_reach *reach, pid_t pid) {
    for (size_t i = 0; i < reach->count; i++)
        if (reach->children[i]->pid == pid && fx_child_state(reach->children[i]) != FX_CHILD_GONE)
            return reach->children[i];
    return NULL;
}

static bool is_still(const struct fx_reach *reach, const struct fx_process *member) {
    struct fx_process now;
    return fx_platform_look_at_process(member->pid, &now) == 0 && now.start == member->start &&
           (reach->scope.kind != FX_SCOPE_SESSION || now.session == member->session) &&
           (reach->scope.kind != FX_SCOPE_GROUP || now.group == member->group);
}

/* The pidfd of that very process; -ESRCH, or why there is none. */
static int open_member(const struct fx_reach *reach, const struct fx_process *member) {
    int pidfd = fx_platform_pidfd_open(member->pid);
    if (pidfd >= 0 && !is_still(reach, member)) {
        (void)close(pidfd);
        return -ESRCH;
    }
    return pidfd;
}

static int send_to_member(const struct fx_reach *reach, const struct fx_process *member,
                          int signal) {
    fx_child *child = child_with(reach, member->pid);
    if (child)
        return fx_signal(child, signal);
    int pidfd = open_member(reach, member);
    if (pidfd == -ESRCH)
        return -ESRCH;
    int result = pidfd < 0 ? -ENOSYS : fx_platform_pidfd_signal(pidfd, signal);
    if (pidfd >= 0)
        (void)close(pidfd);
    /* No such calls in this kernel, or no descriptor left: by number, just seen to be its own. */
    if (result == -ENOSYS && is_still(reach, member))
        result = kill(member->pid, signal) < 0 ? -errno : 0;
    return result == -ENOSYS ? -ESRCH : result;
}

/* To those that it has not been sent to yet; how many these were is added to `fresh`. */
static int send_to_new(struct fx_reach *reach, int signal, bool continued, int *fresh) {
    int result = -ESRCH;
    for (size_t i = 0; i < reach->members.count; i++) {
        struct fx_process *member = &reach->members.items[i];
        if (member->done)
            continue;
        int sent = send_to_member(reach, member, signal);
        if (sent == 0 && continued)
            (void)send_to_member(reach, member, SIGCONT);
        member->done = true;
        member->refused = sent < 0;
        *fresh += sent != -ESRCH;
        result = together(result, sent);
    }
    return result;
}

static void set_done(struct fx_reach *reach, bool done) {
    for (size_t i = 0; i < reach->members.count; i++)
        reach->members.items[i].done = done;
}

void fx_reach_note_sent(struct fx_reach *reach) { set_done(reach, true); }

bool fx_reach_has_new(const struct fx_reach *reach) {
    for (size_t i = 0; i < reach->members.count; i++)
        if (!reach->members.items[i].done)
            return true;
    return false;
}

/* Until a pass finds nobody new, as those that are signalled may have forked before. */
static int send_to_members(struct fx_reach *reach, int signal, bool continued) {
    int result = -ESRCH;
    set_done(reach, false);
    for (int pass = 0; pass < MOST_PASSES; pass++) {
        int fresh = 0, found = fx_reach_look(reach);
        if (found < 0)
            return result == 0 ? 0 : found;
        result = together(result, send_to_new(reach, signal, continued, &fresh));
        if (fresh == 0)
            break;
    }
    return result;
}

/* ---- the tree ---- */

/* One that was in the midst of a fork when it was stopped may still become two. */
static bool somebody_moves(const struct fx_reach *reach) {
    for (size_t i = 0; i < reach->members.count; i++)
        if (!reach->members.items[i].still && !reach->members.items[i].refused)
            return true;
    return false;
}

/* Until nobody new is found in a list that was begun when none of them moved any more. */
static int stop_tree(struct fx_reach *reach) {
    enum { PATIENCE = 16 };
    bool settled = false;
    set_done(reach, false);
    for (int pass = 0; pass < MOST_PASSES; pass++) {
        int fresh = 0, found = fx_reach_look(reach);
        if (found < 0)
            return found;
        (void)send_to_new(reach, SIGSTOP, false, &fresh);
        if (settled && fresh == 0)
            break;
        settled = fresh == 0 && !somebody_moves(reach);
        if (pass < PATIENCE)
            (void)sched_yield();
        else
            (void)poll(NULL, 0, 1);
    }
    return 0;
}

/* Whatever goes wrong, nobody is left stopped. */
static int send_to_tree(struct fx_reach *reach, int signal) {
    int ignored = 0, stopped = stop_tree(reach);
    set_done(reach, false);
    int result = send_to_new(reach, signal, false, &ignored);
    if (fx_waits_for_continue(signal)) {
        set_done(reach, false);
        (void)send_to_new(reach, SIGCONT, false, &ignored);
    }
    return result == -ESRCH && stopped < 0 ? stopped : result;
}

/* ---- all of them ---- */

static int kill_cgroup(struct fx_reach *reach) {
    int result = fx_platform_kill_cgroup(reach->scope.cgroup);
    if (result == 0 && reach->with_children)
        (void)fx_reach_send_to_children(reach, SIGKILL, false);
    return result;
}

int fx_reach_send(struct fx_reach *reach, int signal, bool continued) {
    switch (reach->scope.kind) {
    case FX_SCOPE_GROUP:
        return send_to_groups(reach, signal, continued);
    case FX_SCOPE_CGROUP:
        if (signal == SIGKILL && kill_cgroup(reach) == 0)
            return 0;
        return send_to_members(reach, signal, continued);
    case FX_SCOPE_SESSION:
        return send_to_members(reach, signal, continued);
    case FX_SCOPE_DESCENDANTS:
        return signal == 0 ? send_to_members(reach, signal, false) : send_to_tree(reach, signal);
    case FX_SCOPE_PROCESS:
    case FX_SCOPE_COUNT:
        break;
    }
    return fx_reach_send_to_children(reach, signal, continued);
}

/* The pidfd of a child that has none in its handle. */
static int open_child(fx_child *child) {
    int pidfd = fx_child_state(child) == FX_CHILD_RUNS ? fx_platform_pidfd_open(child->pid) : -1;
    /* If its number is its own even now, it was so then. */
    if (pidfd < 0 || fx_child_state(child) != FX_CHILD_GONE)
        return pidfd;
    (void)close(pidfd);
    return -1;
}

int fx_reach_watch(const struct fx_reach *reach, bool *is_ours) {
    int pidfd = -1;
    *is_ours = false;
    for (size_t i = 0; i < reach->count; i++)
        if (reach->children[i]->pidfd >= 0 && fx_child_state(reach->children[i]) == FX_CHILD_RUNS)
            return reach->children[i]->pidfd;
    *is_ours = true;
    for (size_t i = 0; i < reach->count && pidfd < 0; i++)
        pidfd = open_child(reach->children[i]);
    for (size_t i = 0; i < reach->members.count && pidfd < 0; i++) {
        pidfd = open_member(reach, &reach->members.items[i]);
        if (pidfd == -ENOSYS)
            break;
    }
    return pidfd < 0 ? -1 : pidfd;
}
