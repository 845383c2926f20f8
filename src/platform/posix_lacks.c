/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "platform.h"

int fx_platform_lacks(fx_step step) {
    (void)step;
    return -ENOTSUP;
}

bool fx_platform_changes_memory(const fx_command *command) {
    (void)command;
    return false;
}

int fx_platform_try_close_range(void) { return -ENOTSUP; }

void fx_platform_describe(const char *facility, char *text, size_t size) {
    (void)facility;
    if (size > 0)
        text[0] = '\0';
}
