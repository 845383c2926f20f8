/* SPDX-License-Identifier: MIT
 *
 * Closing everything but a few descriptors with nothing but POSIX. There is no
 * portable list of open descriptors that can be read after a fork: readdir allocates.
 */
#include "close_common.h"
#include "platform.h"

int fx_sys_close_except(int first, const int *keep, size_t count) {
    return fx_close_by_poll(first, keep, count);
}
