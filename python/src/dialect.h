/* SPDX-License-Identifier: MIT
 *
 * How a failure is told through the error pipe changed four times. What is right
 * depends on the subprocess module that reads the pipe, not on the interpreter:
 * distributions move both, and older copies of the module are still in use.
 */
#ifndef NATIVE_DIALECT_H
#define NATIVE_DIALECT_H

#include "module.h"

enum dialect {
    DIALECT_KNOWN = 1,            /* so that 0 means that nobody has looked yet */
    DIALECT_NOEXEC = 2,           /* failures before the callback are marked "noexec" */
    DIALECT_CHDIR = 4,            /* and that of the directory "noexec:chdir" */
    DIALECT_SUBPROCESS_ERROR = 8, /* the callback's failure is a SubprocessError */
};

/* The dialect of the subprocess module that this interpreter has loaded. Never fails. */
unsigned int dialect_of_reader(struct module_state *state);

/* Whether subprocess._USE_VFORK is there and false. Never fails. */
int dialect_reader_forbids_vfork(void);

#endif
