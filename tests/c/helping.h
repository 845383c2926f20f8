/* SPDX-License-Identifier: MIT
 *
 * What the tests of the helper share.
 */
#ifndef FX_TEST_HELPING_H
#define FX_TEST_HELPING_H

#include "support.h"

/* Whether there is a helper for this platform. */
bool is_here(void);
/* A command whose child may not share memory, for anybody who may change ids at all. */
fx_command apart(char *const argv[]);
/* "fork identity", as the started child has it; valid until the next call. */
const char *way_of(const fx_command *command);
/* The helper is for a process that is large. */
void grow(void);
/* In a large process of its own, which may do to itself what it likes, and ends with an error if
 * something is wrong. */
void in_another_process(void (*test)(void));
/* There: a failed assertion's way out of the test would not lead out of that process. */
void expect_way(const fx_command *command, const char *way);

#endif
