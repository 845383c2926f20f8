/* SPDX-License-Identifier: MIT
 *
 * What the ways start a child with that is set up: a directory, an environment of its own, a
 * session (which is a new group too) or a process group, and pipes.
 */
#ifndef BENCH_SET_UP_H
#define BENCH_SET_UP_H

#include <stdbool.h>

#define SET_UP_DIRECTORY "/usr"

struct set_up {
    bool new_session; /* else a process group */
    int first_pipe;   /* for this standard stream and those after it */
};

/* WAYS_SET_UP("name", start): the variants of a way that can set a child up. */
#define WAYS_SET_UP(title, start, ...)                                                             \
    static int run_session(const char *program) {                                                  \
        return start(program, &(const struct set_up){true, 0});                                    \
    }                                                                                              \
    static int run_captured(const char *program) {                                                 \
        return start(program, &(const struct set_up){true, 1});                                    \
    }                                                                                              \
    static int run_group(const char *program) {                                                    \
        return start(program, &(const struct set_up){false, 0});                                   \
    }                                                                                              \
    WAY(session, .name = (title), .variant = "session", .run = run_session, __VA_ARGS__);          \
    WAY(captured, .name = (title), .variant = "session, output captured", .run = run_captured,     \
        __VA_ARGS__);                                                                              \
    WAY(group, .name = (title), .variant = "process group", .run = run_group, __VA_ARGS__)

extern char *const set_up_environment[];

struct pipes {
    int child[3];
    int parent[3];
};

/* From standard stream `first` on, all close-on-exec: 0, or a negative errno. */
int pipes_open(struct pipes *pipes, int first);

/* The child's ends, as soon as it has them. */
void pipes_close(const int *ends, int first);

/* The parent's ends are the caller's, who would now read and write: they are closed by `tidy`. */
void pipes_hand_over(const struct pipes *pipes, int first);
void pipes_tidy(void);

#endif
