/* SPDX-License-Identifier: MIT
 *
 * Threads of the library's own. Each is, in all that is inherited, as the thread that makes it.
 */
#ifndef FX_THREAD_H
#define FX_THREAD_H

/* With all signals blocked in the calling thread, so that the new one takes none. */
int fx_thread_make(void *(*run)(void *argument), void *argument);
/* The first thing that it does. */
void fx_thread_begin(const char *name);

#endif
