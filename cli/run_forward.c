/* SPDX-License-Identifier: MIT
 *
 * Signals to forkexec are signals to the command.
 */
#include <errno.h>
#include <unistd.h>

#include "run.h"

static bool ends_programs(int number) {
    return number == SIGTERM || number == SIGINT || number == SIGHUP || number == SIGQUIT;
}

/* The terminal sends to all of its foreground group, but a hangup to the leader of the session. */
static bool has_got_it(const struct run *run, const struct notice *notice) {
    if (!notice->of_terminal || getpgid(run->child.pid) != getpgrp())
        return false;
    return notice->number != SIGHUP || getsid(0) != getpid();
}

static void pass_on(struct run *run, int number) {
    static const fx_scope group = {.kind = FX_SCOPE_GROUP, .cgroup = -1};
    bool leads = getpgid(run->child.pid) == run->child.pid;
    (void)fx_signal_scope(&run->child, leads ? &group : NULL, number);
}

/*
 * With --kill-after it is the same as a deadline that is over. The ladder's own signal is sent by
 * the ladder, to the whole scope; another one is passed on, and the ladder comes after it.
 */
static void begin_to_stop(struct run *run, const struct notice *notice) {
    const struct supervision *asked = &run->request->supervision;
    report_stopping(run, "signal", notice->number);
    run->stopping = true;
    if (asked->kill_after.set && notice->number == asked->stop_signal) {
        fx_drain_stop(run->drain);
        return;
    }
    if (asked->kill_after.set)
        run->kill_at = now() + (long long)asked->kill_after.value;
    if (!has_got_it(run, notice))
        pass_on(run, notice->number);
}

static void take(struct run *run, const struct notice *notice) {
    if (notice->number == SIGCHLD)
        return;
    run->hurried = run->hurried || ends_programs(notice->number);
    if (run->ended)
        return;
    bool begins = ends_programs(notice->number) && !run->stopping && !run->ladder_told;
    if (begins)
        begin_to_stop(run, notice);
    else if (!has_got_it(run, notice))
        pass_on(run, notice->number);
}

void forward_notices(struct run *run) {
    struct notice notice;
    while (signals_next(&notice))
        take(run, &notice);
}

int forward_timeout(const struct run *run) {
    enum { LONGEST = 1000000000 };
    if (run->kill_at == 0 || run->ended)
        return -1;
    long long left = run->kill_at - now();
    return left < 0 ? 0 : left > LONGEST ? LONGEST : (int)left;
}

void forward_due(struct run *run) {
    if (forward_timeout(run) != 0)
        return;
    run->kill_at = 0;
    /* The ladder's first signal, and at once its last. */
    fx_drain_stop(run->drain);
    (void)fx_drain_run(run->drain, 0, 0);
    fx_drain_stop(run->drain);
}
