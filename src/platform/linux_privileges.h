/* SPDX-License-Identifier: MIT */
#ifndef FX_LINUX_PRIVILEGES_H
#define FX_LINUX_PRIVILEGES_H

#include <stdbool.h>
#include <stdint.h>

/* capget(2) of the calling thread: 0, or a negative errno. */
struct fx_linux_capabilities {
    uint64_t effective, permitted, inheritable;
};
int fx_linux_read_capabilities(struct fx_linux_capabilities *sets);

/* Whether the calling thread has CAP_SYS_ADMIN in effect. */
bool fx_linux_is_administrator(void);

#endif
