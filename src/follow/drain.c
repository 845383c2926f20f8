/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "follow.h"

int fx_drain_open(const fx_drain_options *options, fx_drain **drain) {
    (void)options;
    (void)drain;
    return -ENOSYS;
}

int fx_drain_run(fx_drain *drain, int timeout, unsigned int flags) {
    (void)drain;
    (void)timeout;
    (void)flags;
    return -ENOSYS;
}

size_t fx_drain_interest(const fx_drain *drain, struct pollfd *list, size_t room, int *timeout) {
    (void)drain;
    (void)list;
    (void)room;
    (void)timeout;
    return 0;
}

void fx_drain_stop(fx_drain *drain) { (void)drain; }

void fx_drain_look(const fx_drain *drain, fx_drain_state *state) {
    (void)drain;
    (void)state;
}

int fx_drain_look_at_output(fx_drain *drain, size_t n, fx_drained *drained) {
    (void)drain;
    (void)n;
    (void)drained;
    return -ENOENT;
}

void fx_drain_close(fx_drain *drain) { (void)drain; }
