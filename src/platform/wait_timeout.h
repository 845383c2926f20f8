/* SPDX-License-Identifier: MIT */
#ifndef FX_PLATFORM_WAIT_TIMEOUT_H
#define FX_PLATFORM_WAIT_TIMEOUT_H

#include <signal.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/types.h>

/*
 * Wait for a child by pid, at most `timeout` milliseconds (not negative).
 * -ETIMEDOUT if it still runs.
 */
int fx_wait_timeout(pid_t pid, int timeout, bool reap, siginfo_t *info, struct rusage *usage);

#endif
