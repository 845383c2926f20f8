/* SPDX-License-Identifier: MIT
 *
 * Words in lines of a width.
 */
#ifndef FORKEXEC_CLI_PRINT_H
#define FORKEXEC_CLI_PRINT_H

#include <stddef.h>

/* The columns of the terminal, 80 where there is none. */
size_t print_width(void);

/*
 * Print a text, wrapped at the width, its lines beginning at the column `indent`, the first one
 * being at the column `at` already; and end the line.
 */
void print_wrapped(const char *text, size_t at, size_t indent, size_t width);

#endif
