/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "forkexec.h"

int fx_limit_number(const char *name) {
    (void)name;
    return -EINVAL;
}

const char *fx_limit_name(int resource) {
    (void)resource;
    return NULL;
}
