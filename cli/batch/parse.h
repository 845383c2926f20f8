/* SPDX-License-Identifier: MIT
 *
 * What the parse functions of the options share.
 */
#ifndef FORKEXEC_CLI_BATCH_PARSE_H
#define FORKEXEC_CLI_BATCH_PARSE_H

#include "options.h"

/* Those of the request, of zeros at first. */
struct batch_options *batch_options(struct request *request);

/* The place of the value in a list of words; or -EINVAL after a complaint: `what` it is not. */
int read_word(const struct request *request, const char *const *words, const char *what,
              const char *value, int *number);

#endif
