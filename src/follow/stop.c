/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "follow.h"

int fx_stop(fx_child *child, const fx_ladder *ladder, fx_exit *end) {
    (void)child;
    (void)ladder;
    (void)end;
    return -ENOSYS;
}
