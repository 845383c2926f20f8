/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "platform.h"

int current_capabilities(enum capability_set set, unsigned long long *bits) {
    (void)set;
    *bits = 0;
    return -ENOTSUP;
}

bool finds_descendants(void) { return false; }

int current_securebits(int *bits) {
    *bits = 0;
    return -ENOTSUP;
}

int current_personality(unsigned long long *value) {
    *value = 0;
    return -ENOTSUP;
}
