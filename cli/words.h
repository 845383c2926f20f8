/* SPDX-License-Identifier: MIT
 *
 * The words that a value can be, for the shells' completions.
 */
#ifndef FORKEXEC_CLI_WORDS_H
#define FORKEXEC_CLI_WORDS_H

#include <stddef.h>

#include "option.h"

/* The next word of a kind, from place `*at` (first 0) on; NULL after the last. */
const char *completion_word(enum completion kind, size_t *at);

#endif
