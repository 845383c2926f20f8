/* SPDX-License-Identifier: MIT
 *
 * What the ways start a child with that is set up: a directory, an environment, three pipes.
 */
#ifndef BENCH_SET_UP_H
#define BENCH_SET_UP_H

#define SET_UP_DIRECTORY "/usr"

extern char *const set_up_environment[];

struct pipes {
    int child[3];
    int parent[3];
};

/* For standard input, output and error, all close-on-exec: 0, or a negative errno. */
int pipes_open(struct pipes *pipes);

/* The child's ends, as soon as it has them; the parent's, when it has ended. */
void pipes_close(const int *ends);

#endif
