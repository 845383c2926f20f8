/* SPDX-License-Identifier: MIT
 *
 * The helper's own parts: what a C library would have.
 */
#ifndef FX_HELPER_H
#define FX_HELPER_H

/* Where it begins: `stack` has the number of arguments, and then those. */
_Noreturn void fx_helper_main(const long *stack);

/* How syscall() ends that failed. */
long fx_helper_fail(long result);

#endif
