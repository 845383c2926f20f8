/* SPDX-License-Identifier: MIT */
#include "sigpipe.h"

#include <pthread.h>

static bool is_pending(void) {
    sigset_t pending;
    return sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1;
}

void fx_sigpipe_block(struct fx_sigpipe *state) {
    sigset_t pipe;
    (void)sigemptyset(&pipe);
    (void)sigaddset(&pipe, SIGPIPE);
    (void)pthread_sigmask(SIG_BLOCK, &pipe, &state->before);
    /* One that nothing holds back cannot be waiting. */
    state->was_pending = sigismember(&state->before, SIGPIPE) == 1 && is_pending();
}

void fx_sigpipe_restore(const struct fx_sigpipe *state, bool caused) {
    sigset_t pipe;
    int taken;
    (void)sigemptyset(&pipe);
    (void)sigaddset(&pipe, SIGPIPE);
    /* An ignored one was never queued, and sigwait(3) would wait for it. */
    if (caused && !state->was_pending && is_pending())
        (void)sigwait(&pipe, &taken);
    (void)pthread_sigmask(SIG_SETMASK, &state->before, NULL);
}
