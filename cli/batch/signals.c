/* SPDX-License-Identifier: MIT */
#include "signals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static int notices = -1;

/* A full pipe is as good: it is readable. */
static void notice(int signal) {
    int saved = errno;
    unsigned char byte = (unsigned char)signal;
    ssize_t written = write(notices, &byte, 1);
    (void)written;
    errno = saved;
}

static void do_nothing(int signal) { (void)signal; }

static void catch_one(int signal, void (*handler)(int)) {
    struct sigaction action;
    if (sigaction(signal, NULL, &action) < 0 || (action.sa_handler == SIG_IGN && signal != SIGCHLD))
        return;
    action = (struct sigaction){.sa_handler = handler, .sa_flags = SA_RESTART | SA_NOCLDSTOP};
    (void)sigaction(signal, &action, NULL);
}

int batch_signals_catch(void) {
    int ends[2];
    if (pipe(ends) < 0)
        return -errno;
    for (int i = 0; i < 2; i++) {
        (void)fcntl(ends[i], F_SETFD, FD_CLOEXEC);
        (void)fcntl(ends[i], F_SETFL, O_NONBLOCK);
    }
    notices = ends[1];
    /* Were it ignored, the kernel would keep no status of a child. */
    (void)signal(SIGCHLD, SIG_DFL);
    catch_one(SIGTERM, notice);
    catch_one(SIGINT, notice);
    catch_one(SIGHUP, notice);
    catch_one(SIGPIPE, do_nothing);
    return ends[0];
}

void signals_catch_children(void) { catch_one(SIGCHLD, notice); }

int signals_take(int fd) {
    unsigned char byte;
    while (read(fd, &byte, 1) == 1)
        if (byte != SIGCHLD)
            return byte;
    return 0;
}
