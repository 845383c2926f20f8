/* SPDX-License-Identifier: MIT
 *
 * Signals to this process, as something that poll(2) waits for.
 */
#ifndef FORKEXEC_CLI_BATCH_SIGNALS_H
#define FORKEXEC_CLI_BATCH_SIGNALS_H

/*
 * Catch TERM, INT and HUP, unless they are ignored. The descriptor that becomes readable; or a
 * negative errno. SIGPIPE does nothing any more: writing then says EPIPE.
 */
int batch_signals_catch(void);
/* The end of a child as well, for systems where children have no descriptors. */
void signals_catch_children(void);
/* It is readable no more. */
void signals_clear(int fd);
/* One of TERM, INT and HUP that has come; 0: none. No system call. */
int signals_take(void);

#endif
