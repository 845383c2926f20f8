/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "launch.h"

int fx_spawn_start(const fx_command *command, int timeout, fx_start **start, fx_error *error) {
    (void)command;
    (void)timeout;
    (void)start;
    (void)error;
    return -ENOSYS;
}

int fx_start_descriptor(const fx_start *start) {
    (void)start;
    return -1;
}

int fx_start_finish(fx_start *start, fx_child *child, fx_error *error) {
    (void)start;
    (void)child;
    (void)error;
    return -ENOSYS;
}

void fx_start_abandon(fx_start *start) { (void)start; }
