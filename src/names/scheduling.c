/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "forkexec.h"

int fx_scheduling_number(const char *name) {
    (void)name;
    return -EINVAL;
}

const char *fx_scheduling_name(int policy) {
    (void)policy;
    return NULL;
}
