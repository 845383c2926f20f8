/* SPDX-License-Identifier: MIT */
#include "close_common.h"

#include <errno.h>
#include <limits.h>

#include "platform.h"
#include "sorted.h"

int fx_close_gaps(int first, int end, const int *keep, size_t count,
                  int (*close_gap)(int first, int last)) {
    for (size_t i = 0; i < count && keep[i] <= end; i++) {
        if (keep[i] < first)
            continue;
        if (keep[i] > first) {
            int result = close_gap(first, keep[i] - 1);
            if (result < 0)
                return result;
        }
        if (keep[i] == end)
            return 0;
        first = keep[i] + 1;
    }
    return first <= end ? close_gap(first, end) : 0;
}

enum { BATCH = 1024 };

int fx_close_by_poll(int first, const int *keep, size_t count) {
    int limit = fx_sys_descriptor_limit();
    if (limit < 0)
        return limit;

    struct pollfd batch[BATCH];
    while (first < limit) {
        int size = limit - first < BATCH ? limit - first : BATCH;
        for (int i = 0; i < size; i++)
            batch[i] = (struct pollfd){.fd = first + i};
        /* Fails as a whole where the soft limit is below the batch's size: then try each. */
        int polled = fx_sys_poll_now(batch, (size_t)size);
        for (int i = 0; i < size; i++) {
            if (polled >= 0 && (batch[i].revents & POLLNVAL))
                continue;
            if (fx_sorted_has(keep, count, first + i))
                continue;
            int result = fx_sys_close(first + i);
            if (result < 0 && result != -EBADF)
                return result;
        }
        first += size;
    }
    return 0;
}
