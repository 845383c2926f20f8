/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "forkexec.h"

int fx_namespace_number(const char *name) {
    (void)name;
    return -EINVAL;
}

const char *fx_namespace_name(int type) {
    (void)type;
    return NULL;
}
