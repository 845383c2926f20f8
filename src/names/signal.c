/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "forkexec.h"

int fx_signal_number(const char *name) {
    (void)name;
    return -EINVAL;
}

const char *fx_signal_name(int signal) {
    (void)signal;
    return NULL;
}
