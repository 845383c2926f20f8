/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "launch.h"

int fx_look_up_facility(size_t n, fx_facility *facility) {
    (void)n;
    (void)facility;
    return -ENOENT;
}
