/* SPDX-License-Identifier: MIT
 *
 * Times every way of starting a program, in one process, in an order drawn anew for each round, so
 * that whatever else the machine does falls on all of them alike.
 *
 *     bench_spawn PROGRAM ROUNDS RESIDENT-MEGABYTES [WAY ...]
 *
 * Prints a JSON object of the nanoseconds of every run, by way; `.` on standard error is a
 * hundredth of the work.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "way.h"

enum { MOST_WAYS = 32, WARM_UP_ROUNDS = 20 };

static struct way *registered;

void way_register(struct way *way) {
    way->next = registered;
    registered = way;
}

static void fail(const char *what, int error) {
    fprintf(stderr, "bench_spawn: %s: %s\n", what, strerror(error));
    exit(1);
}

static int64_t now(void) {
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void hold_memory(size_t megabytes) {
    size_t size = megabytes << 20;
    if (size == 0)
        return;
    unsigned char *memory =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        fail("mmap", errno);
    /* Small pages: the page tables, which fork copies, are those of an ordinary heap. */
    (void)madvise(memory, size, MADV_NOHUGEPAGE);
    for (size_t place = 0; place < size; place += 4096)
        memory[place] = 1;
}

static int64_t run_once(const struct way *way, const char *program) {
    int64_t start = now();
    int result = way->run(program);
    int64_t end = now();
    if (result < 0)
        fail(way->name, -result);
    return end - start;
}

static uint64_t random_state = 88172645463325252U;

static size_t random_below(size_t limit) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (size_t)(random_state % limit);
}

static void shuffle(size_t *order, size_t count) {
    for (size_t i = count; i > 1; i--) {
        size_t other = random_below(i), kept = order[i - 1];
        order[i - 1] = order[other];
        order[other] = kept;
    }
}

static size_t choose(struct way **ways, char **names, int name_count) {
    size_t count = 0;
    for (struct way *way = registered; way && count < MOST_WAYS; way = way->next) {
        bool wanted = name_count == 0;
        for (int i = 0; i < name_count; i++)
            wanted = wanted || strcmp(names[i], way->name) == 0;
        if (wanted)
            ways[count++] = way;
    }
    return count;
}

static void print(struct way **ways, int64_t *const *samples, size_t ways_count, size_t rounds) {
    for (size_t i = 0; i < ways_count; i++) {
        printf("%s\"%s\": [", i ? ",\n" : "{", ways[i]->name);
        for (size_t round = 0; round < rounds; round++)
            printf("%s%lld", round ? "," : "", (long long)samples[i][round]);
        printf("]");
    }
    printf("}\n");
}

int main(int argc, char **argv) {
    if (argc < 4) {
        fprintf(stderr, "usage: bench_spawn PROGRAM ROUNDS RESIDENT-MEGABYTES [WAY ...]\n");
        return 2;
    }
    const char *program = argv[1];
    size_t rounds = strtoul(argv[2], NULL, 10);
    struct way *ways[MOST_WAYS];
    int64_t *samples[MOST_WAYS];
    size_t order[MOST_WAYS];
    size_t count = choose(ways, argv + 4, argc - 4);

    /* What the shell left open would be copied into, and closed in, every child. */
    if (close_range(3, ~0U, 0) < 0)
        fail("close_range", errno);
    hold_memory(strtoul(argv[3], NULL, 10));
    for (size_t i = 0; i < count; i++) {
        int result = ways[i]->prepare ? ways[i]->prepare(program) : 0;
        if (result < 0)
            fail(ways[i]->name, -result);
        samples[i] = calloc(rounds, sizeof **samples);
        if (!samples[i])
            fail("calloc", errno);
        order[i] = i;
        for (int round = 0; round < WARM_UP_ROUNDS; round++)
            (void)run_once(ways[i], program);
    }
    for (size_t round = 0; round < rounds; round++) {
        shuffle(order, count);
        for (size_t i = 0; i < count; i++)
            samples[order[i]][round] = run_once(ways[order[i]], program);
        if ((round + 1) * 100 / rounds != round * 100 / rounds)
            fputc('.', stderr);
    }
    print(ways, samples, count, rounds);
    return 0;
}
