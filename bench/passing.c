/* SPDX-License-Identifier: MIT
 */
#include "passing.h"

#include <stdio.h>
#include <stdlib.h>

#include "ballast.h"

static const int *open_descriptors(size_t *count) {
    const int *descriptors = ballast_descriptors(count);
    if (*count < PASSED) {
        fprintf(stderr, "not enough descriptors to pass on\n");
        exit(1);
    }
    return descriptors;
}

const int *passing_low(void) {
    size_t count;
    return open_descriptors(&count);
}

const int *passing_high(void) {
    size_t count;
    const int *descriptors = open_descriptors(&count);
    return descriptors + count - PASSED;
}
