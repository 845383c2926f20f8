/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "launch.h"

int fx_exec(const fx_command *command, fx_error *error) {
    (void)command;
    (void)error;
    return -ENOSYS;
}

int fx_apply(const fx_command *command, fx_skipped *skipped, size_t *skipped_count,
             fx_error *error) {
    (void)command;
    (void)skipped;
    (void)skipped_count;
    (void)error;
    return -ENOSYS;
}
