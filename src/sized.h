/* SPDX-License-Identifier: MIT
 *
 * Structs that cross the public interface begin with their size, which the caller has set.
 */
#ifndef FX_SIZED_H
#define FX_SIZED_H

#include <stddef.h>
#include <string.h>

/* As much of what was made as the caller's struct has room for; its size stays what it was. */
static inline void fx_copy_out(const void *made, size_t made_size, void *target) {
    size_t size;
    memcpy(&size, target, sizeof size);
    memcpy(target, made, size < made_size ? size : made_size);
    memcpy(target, &size, sizeof size);
}

#endif
