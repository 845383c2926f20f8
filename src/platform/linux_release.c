/* SPDX-License-Identifier: MIT
 *
 * What a kernel is known to do wrong, by its release name, where its behaviour cannot be tried.
 */
#include "linux_release.h"

#include <stddef.h>
#include <stdio.h>

/*
 * Before 6.11, close_range(CLOSE_RANGE_UNSHARE) left marks of full words of descriptors in the
 * cut table that had been those of the part cut off. The program would then be given other numbers
 * than the lowest free ones. These stable releases had it mended.
 */
static const struct mended {
    unsigned int major, minor, patch;
} mended[] = {{5, 10, 225}, {5, 15, 166}, {6, 1, 107}, {6, 6, 48}, {6, 10, 7}};

bool fx_linux_cuts_tables_cleanly(const char *release) {
    struct mended is = {0, 0, 0};
    if (sscanf(release, "%u.%u.%u", &is.major, &is.minor, &is.patch) < 2)
        return false;
    if (is.major > 6 || (is.major == 6 && is.minor >= 11))
        return true;
    for (size_t i = 0; i < sizeof mended / sizeof mended[0]; i++)
        if (is.major == mended[i].major && is.minor == mended[i].minor)
            return is.patch >= mended[i].patch;
    return false;
}
