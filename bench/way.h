/* SPDX-License-Identifier: MIT
 *
 * One way of starting a program and waiting for its end.
 */
#ifndef BENCH_WAY_H
#define BENCH_WAY_H

struct way {
    const char *name;
    /* Once, before the first run; may be NULL. 0 or a negative errno. */
    int (*prepare)(const char *program);
    /* Start the program with everything above standard error closed, and reap it: 0, or a negative
     * errno. */
    int (*run)(const char *program);
    struct way *next;
};

void way_register(struct way *way);

/* WAY("name", prepare, run): all it takes to be measured. */
#define WAY(title, prepare_function, run_function)                                                 \
    static struct way this_way = {                                                                 \
        .name = (title), .prepare = (prepare_function), .run = (run_function)};                    \
    __attribute__((constructor)) static void register_this_way(void) { way_register(&this_way); }

#endif
