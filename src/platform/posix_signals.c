/* SPDX-License-Identifier: MIT */
#include "signals.h"

#include <errno.h>

#include "checked.h"

int fx_platform_last_signal(void) {
#ifdef SIGRTMAX
    /* FreeBSD's NSIG counts the older ones only. */
    return SIGRTMAX;
#else
    return NSIG - 1;
#endif
}

bool fx_platform_has_signal(int number) {
    struct sigaction action;
    int saved = errno;
    /* libc keeps some to itself, and there may be gaps. */
    bool is_signal =
        number >= 1 && number <= fx_platform_last_signal() && sigaction(number, NULL, &action) == 0;
    errno = saved;
    return is_signal;
}

int fx_sys_block_signals(sigset_t *old) {
    sigset_t all;
    (void)sigfillset(&all);
    return -pthread_sigmask(SIG_SETMASK, &all, old);
}

int fx_sys_set_signal_mask(const sigset_t *mask) {
    return -pthread_sigmask(SIG_SETMASK, mask, NULL);
}

static int act(int signal, void (*handler)(int)) {
    struct sigaction action = {.sa_handler = handler};
    (void)sigemptyset(&action.sa_mask);
    return checked(sigaction(signal, &action, NULL));
}

int fx_sys_default_signal(int signal) { return act(signal, SIG_DFL); }

int fx_sys_ignore_signal(int signal) { return act(signal, SIG_IGN); }

int fx_sys_reset_handlers(void) {
    /* Past the last signal, and for those that libc keeps to itself, sigaction says EINVAL. */
    enum { HIGHEST = 128 };
    for (int signal = 1; signal <= HIGHEST; signal++) {
        struct sigaction action;
        if (sigaction(signal, NULL, &action) < 0)
            continue;
        bool plain = !(action.sa_flags & SA_SIGINFO);
        if (plain && (action.sa_handler == SIG_DFL || action.sa_handler == SIG_IGN))
            continue;
        int result = fx_sys_default_signal(signal);
        if (result < 0)
            return result;
    }
    return 0;
}
