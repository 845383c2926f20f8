/* SPDX-License-Identifier: MIT
 *
 * Which part of the commands is ours: shard K of N has the K-th of every N of them.
 */
#ifndef FORKEXEC_CLI_BATCH_SHARD_H
#define FORKEXEC_CLI_BATCH_SHARD_H

#include "options.h"

/*
 * Find K and N in the environment of an array job, if that was asked for. 0, or -EINVAL after a
 * complaint: never all of it in silence.
 */
int shard_resolve(struct batch_options *options);

bool shard_has(const struct batch_options *options, size_t number);

#endif
