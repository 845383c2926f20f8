/* SPDX-License-Identifier: MIT
 *
 * The parts of `drained`: what it is told, what it counts, and what it does.
 */
#ifndef FX_TEST_DRAINED_H
#define FX_TEST_DRAINED_H

#include <stdbool.h>
#include <stddef.h>

#include "forkexec.h"

/* A descriptor that is written to, and where that can be read; -1: none. */
struct tee {
    int fd, read_end;
};

/* What the function of standard output was given. */
struct heard {
    unsigned long long size, most;
    unsigned int check;
};

/* NAME=VALUE, up to "--". */
extern char **names;
extern fx_child child;
extern fx_input input;
extern fx_output outputs[2];
extern fx_drain_options options;
extern struct tee tees[2];
extern struct heard heard;

_Noreturn void give_up(const char *what);
/* The value of a name, or of one with a number; NULL if it is not there. */
const char *text_of(const char *name, int number);
fx_count count_of(const char *name, int number);
bool is_flaw(const char *name);
/* All of the above but for what is known of the child only when it is started. */
void prepare(void);

/* CRC-32, as zlib's. */
unsigned int check_of(unsigned int check, const unsigned char *data, size_t size);

/* In use now. */
extern long blocks;

#endif
