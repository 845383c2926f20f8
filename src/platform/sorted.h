/* SPDX-License-Identifier: MIT
 *
 * Lists of descriptors are sorted, so that the child can look into them quickly. bsearch(3)
 * is not on the list of async-signal-safe functions.
 */
#ifndef FX_PLATFORM_SORTED_H
#define FX_PLATFORM_SORTED_H

#include <stdbool.h>
#include <stddef.h>

static inline bool fx_sorted_has(const int *list, size_t count, int number) {
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (list[middle] == number)
            return true;
        if (list[middle] < number)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

#endif
