/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "forkexec.h"

int fx_capability_number(const char *name) {
    (void)name;
    return -EINVAL;
}

const char *fx_capability_name(int capability) {
    (void)capability;
    return NULL;
}
