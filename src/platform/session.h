/* SPDX-License-Identifier: MIT
 *
 * The terminal of a session. Every signal is blocked when these are called, so that a
 * child in the background is not stopped by SIGTTOU.
 */
#ifndef FX_PLATFORM_SESSION_H
#define FX_PLATFORM_SESSION_H

/* The controlling terminal of the caller's new session; never taken from another session. */
int fx_sys_take_terminal(int fd);
/* The caller's process group becomes its foreground one. */
int fx_sys_take_foreground(int fd);

#endif
