/* SPDX-License-Identifier: MIT
 *
 * Words in lines of a width, and where they go.
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

/* Let standard output be what --json=FILE names, if it does. 0, or -EINVAL after a complaint. */
struct request;
int print_to(const struct request *request);

#endif
