/* SPDX-License-Identifier: MIT
 *
 * One way of starting a program and waiting for its end.
 */
#ifndef BENCH_WAY_H
#define BENCH_WAY_H

#include <stdbool.h>
#include <sys/types.h>

struct way {
    const char *name;
    /* What the child is given beyond the plain start; "" for nothing. Ways of the same variant do
     * comparable work. */
    const char *variant;
    /* It leaves traces in its process (handlers, memory that is copied on the next write), so it
     * is given a process of its own. */
    bool apart;
    /* Once, before the load is taken up, in a driver that knows what is coming; may be NULL. */
    int (*early)(void);
    /* Before the first run of each program; may be NULL. 0 or a negative errno. */
    int (*prepare)(const char *program);
    /* Start the program and reap it: 0, or a negative errno. Called by several threads at once. */
    int (*run)(const char *program);
    /* After each run, and not in its time: give up what a caller would now use; may be NULL. */
    void (*tidy)(void);
    struct way *next;
};

void way_register(struct way *way);

/* Wait for a child by pid: 0 if it ended with status 0, or a negative errno. */
int way_reap(pid_t pid);

/* WAY(identifier, .name = "...", .variant = "", .run = run): all it takes to be measured. */
#define WAY(identifier, ...)                                                                       \
    static struct way identifier = {__VA_ARGS__};                                                  \
    __attribute__((constructor)) static void register_##identifier(void) {                         \
        way_register(&identifier);                                                                 \
    }                                                                                              \
    _Static_assert(sizeof identifier > 0, "so that a semicolon may follow")

/* A driver whose ways belong to a library says which one it is: "libuv 1.44.2". */
extern const char *(*driver_version)(void);

#endif
