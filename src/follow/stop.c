/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <poll.h>
#include <pthread.h>

#include "ladder.h"
#include "scope.h"

static int climb(fx_child *child, const fx_ladder *ladder) {
    struct fx_ladder_state state;
    int result;
    fx_ladder_begin(&state, &child, 1, ladder);
    while ((result = fx_ladder_step(&state)) == -EINPROGRESS) {
        struct pollfd polled = {.fd = fx_ladder_interest(&state), .events = POLLIN};
        (void)poll(&polled, 1, fx_ladder_timeout(&state));
    }
    fx_ladder_end(&state);
    return result;
}

static int stop(fx_child *child, const fx_ladder *given, fx_exit *end) {
    fx_ladder ladder;
    int result = fx_ladder_read(given, &ladder);
    if (result == 0)
        result = fx_scope_check_leader(child, &ladder.scope);
    if (result < 0 && result != -ESRCH)
        return result;
    result = climb(child, &ladder);
    int waited = fx_wait(child, 0, 0, end);
    return result < 0 ? result : waited;
}

int fx_stop(fx_child *child, const fx_ladder *ladder, fx_exit *end) {
    int saved = errno, cancel;
    if (!child || child->pid <= 0)
        return -ESRCH;
    (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
    int result = stop(child, ladder, end);
    (void)pthread_setcancelstate(cancel, &cancel);
    if (result == 0)
        errno = saved;
    return result;
}
