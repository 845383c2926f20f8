/* SPDX-License-Identifier: MIT
 *
 * Signals to forkexec, as bytes of a pipe. They are caught before the command is started, so
 * that none is lost, and a caught signal has its default action in a new program.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "platform.h"
#include "run.h"

static int ends[2] = {-1, -1};

static void note(int number, siginfo_t *info, void *context) {
    int saved = errno;
    struct notice notice = {.number = number, .of_terminal = is_of_terminal(info)};
    (void)context;
    /* When the pipe is full there is enough to do. */
    ssize_t written = write(ends[1], &notice, sizeof notice);
    (void)written;
    errno = saved;
}

/*
 * Not what a fault of forkexec's own raises, what its writes and its limits do, and what belongs to
 * the shell's job control: a stopped job is all of its group, and forkexec is in it.
 */
static bool is_passed_on(int number) {
    static const int others[] = {SIGKILL, SIGSTOP, SIGSEGV, SIGBUS,  SIGFPE,
                                 SIGILL,  SIGTRAP, SIGABRT, SIGSYS,  SIGPIPE,
                                 SIGXFSZ, SIGXCPU, SIGTSTP, SIGTTIN, SIGTTOU};
    for (size_t i = 0; i < COUNT_OF(others); i++)
        if (others[i] == number)
            return false;
    return true;
}

static void catch_all(void) {
    struct sigaction action = {.sa_sigaction = note, .sa_flags = SA_SIGINFO | SA_RESTART};
    struct sigaction before;
    (void)sigfillset(&action.sa_mask);
    for (int number = 1; number < NSIG; number++) {
        if (!is_passed_on(number) || sigaction(number, NULL, &before) < 0)
            continue;
        /* Were SIGCHLD ignored, the kernel would keep no status. */
        if (before.sa_handler != SIG_IGN || number == SIGCHLD)
            (void)sigaction(number, &action, NULL);
    }
}

int signals_catch(void) {
    int result = open_pipe(ends);
    if (result < 0)
        return complain(NULL, "pipe: %s", strerror(-result));
    catch_all();
    return ends[0];
}

bool signals_next(struct notice *notice) {
    return read(ends[0], notice, sizeof *notice) == (ssize_t)sizeof *notice;
}
