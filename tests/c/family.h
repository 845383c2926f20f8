/* SPDX-License-Identifier: MIT
 *
 * Started programs with children of their own, to be reached by signals: `act family`.
 */
#ifndef FX_TEST_FAMILY_H
#define FX_TEST_FAMILY_H

#include "support.h"

struct family {
    fx_child child;
};

/*
 * `act family` with these words and attributes, which has said that so many of it live. They are
 * let go with assert_survivors(), and all end with this process.
 */
struct family start_family(fx_command attributes, char *const words[], int living);
#define FAMILY(attributes, living, ...)                                                            \
    start_family((attributes), ARGV("act", "family", __VA_ARGS__), (living))

/* Wait until so many more have said that they live. */
void await_family(struct family *family, int living);
/* Wait until all of it have ended, none of them of its own accord. */
void assert_all_killed(struct family *family);
/* Let go those that live, and wait until all have ended: there must have been so many. */
void assert_survivors(struct family *family, int living);

#endif
