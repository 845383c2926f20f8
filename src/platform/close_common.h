/* SPDX-License-Identifier: MIT
 *
 * Ways of closing everything but a few descriptors that do not depend on the system.
 */
#ifndef FX_PLATFORM_CLOSE_COMMON_H
#define FX_PLATFORM_CLOSE_COMMON_H

#include <stddef.h>

/*
 * Call close_gap(first, last) for every non-empty gap between kept numbers, up to `end`, which
 * is INT_MAX for all there can be. Empty gaps are left out: close_range(2) answers EINVAL to
 * first > last.
 */
int fx_close_gaps(int first, int end, const int *keep, size_t count,
                  int (*close_gap)(int first, int last));

/*
 * The last resort: look at every possible number. poll(2) tells a thousand of
 * them at a time apart from those that are not open, so a limit of 2^30, common in
 * containers, takes seconds where a loop over close(2) takes minutes.
 */
int fx_close_by_poll(int first, const int *keep, size_t count);

#endif
