/* SPDX-License-Identifier: MIT */
#include "scope.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "platform/platform.h"
#include "reach.h"

/* NSIG is no bound: FreeBSD's counts the older signals only. */
bool fx_is_signal(int signal) {
    sigset_t none;
    (void)sigemptyset(&none);
    return signal == 0 || sigismember(&none, signal) == 0;
}

static int stop_at_self(void *argument, pid_t pid) {
    (void)argument;
    return pid == getpid();
}

static int check_cgroup(int directory) {
    int result = fx_platform_check_cgroup(directory);
    if (result == 0)
        result = fx_platform_visit_cgroup(directory, stop_at_self, NULL);
    return result > 0 ? -EINVAL : result == -ESRCH ? 0 : result;
}

int fx_scope_check(const fx_scope *scope) {
    if ((unsigned int)scope->kind >= FX_SCOPE_COUNT)
        return -EINVAL;
    if (scope->kind > FX_SCOPE_GROUP && !fx_platform_lists_processes())
        return -ENOTSUP;
    return scope->kind == FX_SCOPE_CGROUP ? check_cgroup(scope->cgroup) : 0;
}

int fx_scope_check_leader(fx_child *child, const fx_scope *scope) {
    if (scope->kind == FX_SCOPE_CGROUP)
        return 0;
    if (fx_child_state(child) == FX_CHILD_GONE)
        return -ESRCH;
    if (scope->kind == FX_SCOPE_GROUP)
        return fx_child_group(child) == child->pid && getpgrp() != child->pid ? 0 : -EINVAL;
    if (scope->kind == FX_SCOPE_SESSION)
        return fx_child_session(child) == child->pid ? 0 : -EINVAL;
    return 0;
}

static int check(fx_child *child, const fx_scope *scope) {
    int result = fx_scope_check(scope);
    return result < 0 ? result : fx_scope_check_leader(child, scope);
}

/*
 * A group of ended processes takes any signal, as does a control group without processes; where
 * nobody can be listed that has to do.
 */
static bool is_empty(struct fx_reach *reach) {
    if (reach->scope.kind != FX_SCOPE_GROUP && reach->scope.kind != FX_SCOPE_CGROUP)
        return false;
    if (reach->scope.kind == FX_SCOPE_GROUP && fx_reach_running(reach) > 0)
        return false;
    return fx_reach_look(reach) == 0;
}

static int signal_scope(fx_child *child, const fx_scope *scope, int signal) {
    struct fx_reach reach;
    int result = check(child, scope);
    if (result < 0)
        return result;
    fx_reach_begin(&reach, &child, 1, scope);
    result = is_empty(&reach) ? -ESRCH : fx_reach_send(&reach, signal, false);
    fx_reach_end(&reach);
    return result;
}

int fx_signal_scope(fx_child *child, const fx_scope *scope, int signal) {
    int saved = errno, cancel;
    if (!scope || scope->kind == FX_SCOPE_PROCESS)
        return fx_signal(child, signal);
    if (!child || child->pid <= 0)
        return -ESRCH;
    if (!fx_is_signal(signal))
        return -EINVAL;
    (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
    int result = signal_scope(child, scope, signal);
    (void)pthread_setcancelstate(cancel, &cancel);
    if (result == 0)
        errno = saved;
    return result;
}

static int count_scope(fx_child *child, const fx_scope *scope) {
    struct fx_reach reach;
    int result = check(child, scope);
    if (result < 0)
        return result;
    fx_reach_begin(&reach, &child, 1, scope);
    result = fx_reach_look(&reach);
    fx_reach_end(&reach);
    return result;
}

int fx_scope_count(fx_child *child, const fx_scope *scope) {
    static const fx_scope alone = {.kind = FX_SCOPE_PROCESS};
    int saved = errno, cancel;
    if (!child || child->pid <= 0)
        return -ESRCH;
    (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
    int result = count_scope(child, scope ? scope : &alone);
    (void)pthread_setcancelstate(cancel, &cancel);
    if (result >= 0)
        errno = saved;
    return result;
}
