/* SPDX-License-Identifier: MIT */
#include "signals.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

#include "../platform.h"

static int notices = -1;
static volatile sig_atomic_t last, come; /* of TERM, INT and HUP */

/* A full pipe is as good: it is readable. */
static void wake(int signal) {
    int saved = errno;
    ssize_t written = write(notices, "", 1);
    (void)signal;
    (void)written;
    errno = saved;
}

static void notice(int signal) {
    enum { ENOUGH = 100 };
    last = signal;
    if (come < ENOUGH)
        come++;
    wake(signal);
}

static void do_nothing(int signal) { (void)signal; }

static void catch_one(int signal, void (*handler)(int)) {
    struct sigaction action;
    if (sigaction(signal, NULL, &action) < 0 || (action.sa_handler == SIG_IGN && signal != SIGCHLD))
        return;
    action = (struct sigaction){.sa_handler = handler, .sa_flags = SA_RESTART | SA_NOCLDSTOP};
    (void)sigfillset(&action.sa_mask);
    (void)sigaction(signal, &action, NULL);
}

int batch_signals_catch(void) {
    int ends[2];
    int result = open_pipe(ends);
    if (result < 0)
        return result;
    notices = ends[1];
    /* Were it ignored, the kernel would keep no status of a child. */
    (void)signal(SIGCHLD, SIG_DFL);
    catch_one(SIGTERM, notice);
    catch_one(SIGINT, notice);
    catch_one(SIGHUP, notice);
    catch_one(SIGPIPE, do_nothing);
    return ends[0];
}

void signals_catch_children(void) { catch_one(SIGCHLD, wake); }

void signals_clear(int fd) {
    char bytes[256];
    while (read(fd, bytes, sizeof bytes) == (ssize_t)sizeof bytes)
        ;
}

int signals_take(void) {
    static sig_atomic_t taken;
    if (taken == come)
        return 0;
    taken++;
    return (int)last;
}
