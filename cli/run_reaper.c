/* SPDX-License-Identifier: MIT
 *
 * What process 1 owes to orphans: they become its children, and stay zombies until it reaps
 * them.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "platform.h"
#include "run.h"

enum { GRACE = 5000, FIRST_PROCESS = 1 };

int reaper_begin(const struct request *request) {
    if (getpid() == FIRST_PROCESS)
        return 1;
    if (!request->supervision.subreaper)
        return 0;
    int result = become_subreaper();
    return result < 0 ? complain(NULL, "--subreaper: %s", strerror(-result)) : 1;
}

/*
 * The command is the library's to be reaped, which keeps its number from meaning another process
 * until all is done. While it is the one that waits, nobody behind it is seen; then the end of
 * all is near.
 */
void reaper_reap(const struct run *run) {
    siginfo_t info = {.si_pid = 0};
    while (run->reaper && waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid > 0 && (run->ended || info.si_pid != run->child.pid)) {
        (void)waitid(P_PID, (id_t)info.si_pid, &info, WEXITED | WNOHANG);
        info.si_pid = 0;
    }
}

static bool has_children(void) {
    siginfo_t info;
    return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

enum { MOST = 1024 };

/* Those that have got a signal, which is sent once; but SIGKILL as often as it takes. */
struct signalled {
    int signal;
    size_t count;
    pid_t list[MOST];
};

static bool is_new(struct signalled *signalled, pid_t pid) {
    for (size_t i = 0; i < signalled->count; i++)
        if (signalled->list[i] == pid)
            return signalled->signal == SIGKILL;
    if (signalled->count < MOST)
        signalled->list[signalled->count++] = pid;
    return true;
}

/* A stopped process takes the signal when it goes on. */
static void signal_one(pid_t pid, int signal) {
    (void)kill(pid, signal);
    (void)kill(pid, SIGCONT);
}

/* Process 1 reaches everybody; else their children come here when these have ended. */
static bool signal_rest(struct signalled *signalled) {
    pid_t children[MOST];
    size_t count = list_children(children, MOST);
    if (getpid() == FIRST_PROCESS && is_new(signalled, -1))
        signal_one(-1, signalled->signal);
    for (size_t i = 0; getpid() != FIRST_PROCESS && i < count; i++)
        if (is_new(signalled, children[i]))
            signal_one(children[i], signalled->signal);
    return count > 0 || getpid() == FIRST_PROCESS;
}

/* Until nobody is left, for so many milliseconds; negative: any. */
static void stop_by(struct run *run, int signal, long long grace) {
    struct signalled signalled = {.signal = signal};
    long long until = now() + grace;
    struct notice notice;
    while (has_children() && signal_rest(&signalled)) {
        long long left = until - now();
        if (grace >= 0 && left <= 0)
            return;
        struct pollfd polled = {.fd = run->notices, .events = POLLIN};
        (void)poll(&polled, 1, grace < 0 ? -1 : left > INT_MAX ? INT_MAX : (int)left);
        while (signals_next(&notice))
            continue;
        reaper_reap(run);
    }
}

void reaper_stop_rest(struct run *run) {
    const fx_count *kill_after = &run->request->supervision.kill_after;
    if (!run->reaper)
        return;
    reaper_reap(run);
    stop_by(run, run->request->supervision.stop_signal,
            kill_after->set ? (long long)kill_after->value : GRACE);
    stop_by(run, SIGKILL, -1);
}
