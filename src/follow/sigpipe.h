/* SPDX-License-Identifier: MIT
 *
 * Writing to what nobody reads any more is an error here, and never a signal.
 */
#ifndef FX_SIGPIPE_H
#define FX_SIGPIPE_H

#include <signal.h>
#include <stdbool.h>

struct fx_sigpipe {
    sigset_t before;
    bool was_pending;
};

void fx_sigpipe_block(struct fx_sigpipe *state);
/* Take the one away that a write of this thread has caused, and restore the mask. */
void fx_sigpipe_restore(const struct fx_sigpipe *state, bool caused);

#endif
