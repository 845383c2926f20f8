/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "launch.h"

int fx_spawn_pipeline(const fx_command *const *commands, size_t count, fx_child *const *children,
                      size_t *failed, fx_error *error) {
    (void)commands;
    (void)count;
    (void)children;
    (void)failed;
    (void)error;
    return -ENOSYS;
}
