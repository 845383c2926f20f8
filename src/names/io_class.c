/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "forkexec.h"

int fx_io_class_number(const char *name) {
    (void)name;
    return -EINVAL;
}
