/* SPDX-License-Identifier: MIT
 *
 * What comes just before a program is executed, and executing it otherwise than by its path.
 */
#ifndef FX_PLATFORM_EXEC_H
#define FX_PLATFORM_EXEC_H

#include <stddef.h>
#include <sys/types.h>

/* ---- in the child ---- */

/* Execute an open file. */
int fx_sys_execute_open(int fd, char *const *argv, char *const *environment);
int fx_sys_read(int fd, void *data, size_t size);
/* For as long as it takes. */
int fx_sys_wait_readable(int fd);
/* Less than a second; a signal may end it early. */
int fx_sys_sleep(unsigned int milliseconds);
int fx_sys_trace_me(void);
/* As the child itself knows it. */
pid_t fx_sys_process(void);

/* ---- in the parent ---- */

/* Whether fx_sys_execute_open() can do anything here: 0, or a negative errno that says why not. */
int fx_platform_executes_open(void);

#endif
