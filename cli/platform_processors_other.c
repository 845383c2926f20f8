/* SPDX-License-Identifier: MIT */
#include <unistd.h>

#include "platform.h"

int usable_processors(void) {
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    return online > 0 ? (int)online : 1;
}
