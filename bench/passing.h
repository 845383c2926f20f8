/* SPDX-License-Identifier: MIT
 *
 * Which ten of the ballast's descriptors are passed on, by the ways that pass some on.
 */
#ifndef BENCH_PASSING_H
#define BENCH_PASSING_H

/* The names of the variants. */
#define LOW_KEPT "ten low kept"
#define HIGH_KEPT "ten high kept"
#define HIGH_MAPPED "ten high mapped"

enum { PASSED = 10, FIRST_MAPPED = 10 };

/* PASSED numbers, ascending; ends the process where fewer are open. */
const int *passing_low(void);
const int *passing_high(void);

#endif
