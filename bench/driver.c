/* SPDX-License-Identifier: MIT
 *
 * Runs ways of starting a program for the harness, which says on standard input how often:
 *
 *     bench_driver [PROGRAM]
 *
 * PROGRAM is started a few times by every way before the ballast is taken up, as a program is that
 * starts others from its beginning on, and knows that it will be big. First the driver says what
 * there is, in lines with tabs:
 *
 *     version NAME
 *     way     NAME    VARIANT shared|apart
 *     ready
 *
 * Then it answers each line with one:
 *
 *     time PROGRAM RUNS WAY ...       the nanoseconds of RUNS runs, way by way (numbered from 0)
 *     rate PROGRAM RUNS THREADS WAY   the nanoseconds that THREADS took for RUNS runs each
 *
 * The ways of a `time` take turns, in an order drawn anew each time, so that whatever else the
 * machine does falls on all of them alike. One run of each comes before what is timed, because
 * other processes have had the processor's caches since.
 */
#include <errno.h>
#include <gnu/libc-version.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ballast.h"
#include "way.h"

enum { MOST_WAYS = 32, MOST_RUNS = 1000, MOST_THREADS = 64, EARLY_RUNS = 8 };

static struct way *ways[MOST_WAYS];
static size_t way_count;
static char *current_program;
static bool is_prepared[MOST_WAYS]; /* for the current program */
static int64_t samples[MOST_WAYS][MOST_RUNS];

const char *(*driver_version)(void);

_Noreturn static void fail(const char *what, int error) {
    fprintf(stderr, "%s: %s\n", what, strerror(error));
    exit(1);
}

void way_register(struct way *way) {
    if (way_count == MOST_WAYS)
        fail("too many ways", E2BIG);
    ways[way_count++] = way;
}

int way_reap(pid_t pid) {
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return -errno;
    return status ? -ECANCELED : 0;
}

static int64_t now(void) {
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int64_t run_once(const struct way *way, const char *program) {
    int64_t start = now();
    int result = way->run(program);
    int64_t end = now();
    if (result < 0)
        fail(way->name, -result);
    if (way->tidy)
        way->tidy();
    return end - start;
}

static void set_program(const char *program) {
    if (current_program && strcmp(current_program, program) == 0)
        return;
    free(current_program);
    current_program = strdup(program);
    if (!current_program)
        fail("strdup", ENOMEM);
    memset(is_prepared, 0, sizeof is_prepared);
}

static void prepare(size_t number) {
    struct way *way = ways[number];
    int result = way->prepare && !is_prepared[number] ? way->prepare(current_program) : 0;
    if (result < 0)
        fail(way->name, -result);
    is_prepared[number] = true;
}

static void run_early(const char *program) {
    set_program(program);
    for (size_t i = 0; i < way_count; i++) {
        if (ways[i]->apart || ways[i]->variant[0] != '\0')
            continue;
        prepare(i);
        int result = ways[i]->early ? ways[i]->early() : 0;
        if (result < 0)
            fail(ways[i]->name, -result);
        for (int run = 0; run < EARLY_RUNS; run++)
            (void)run_once(ways[i], program);
    }
}

static char *next_word(void) {
    char *word = strtok(NULL, "\t\n");
    if (!word)
        fail("a request is cut short", EINVAL);
    return word;
}

static size_t next_number(size_t least, size_t limit) {
    size_t number = strtoul(next_word(), NULL, 10);
    if (number < least || number >= limit)
        fail("a number in a request", ERANGE);
    return number;
}

static void shuffle(size_t *order, size_t count) {
    static uint64_t state = 88172645463325252U;
    for (size_t i = count; i > 1; i--) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        size_t other = (size_t)(state % i), kept = order[i - 1];
        order[i - 1] = order[other];
        order[other] = kept;
    }
}

static void answer_time(void) {
    set_program(next_word());
    size_t runs = next_number(1, MOST_RUNS), chosen[MOST_WAYS], order[MOST_WAYS], count = 0;
    for (char *word = strtok(NULL, "\t\n"); word && count < MOST_WAYS;
         word = strtok(NULL, "\t\n")) {
        chosen[count] = strtoul(word, NULL, 10);
        if (chosen[count] >= way_count)
            fail("no such way", EINVAL);
        order[count] = count;
        prepare(chosen[count]);
        (void)run_once(ways[chosen[count++]], current_program);
    }
    for (size_t run = 0; run < runs; run++) {
        shuffle(order, count);
        for (size_t i = 0; i < count; i++)
            samples[order[i]][run] = run_once(ways[chosen[order[i]]], current_program);
    }
    for (size_t i = 0; i < count; i++)
        for (size_t run = 0; run < runs; run++)
            printf("%lld ", (long long)samples[i][run]);
    printf("\n");
}

struct spawning {
    const struct way *way;
    size_t runs;
    pthread_barrier_t begin;
};

static void *spawn_many(void *argument) {
    struct spawning *spawning = argument;
    (void)pthread_barrier_wait(&spawning->begin);
    for (size_t run = 0; run < spawning->runs; run++)
        (void)run_once(spawning->way, current_program);
    return NULL;
}

static void answer_rate(void) {
    pthread_t threads[MOST_THREADS];
    set_program(next_word());
    size_t runs = next_number(1, SIZE_MAX), count = next_number(1, MOST_THREADS);
    size_t number = next_number(0, way_count);
    struct spawning spawning = {.way = ways[number], .runs = runs};
    prepare(number);
    (void)pthread_barrier_init(&spawning.begin, NULL, (unsigned int)count + 1);
    for (size_t i = 0; i < count; i++) {
        int error = pthread_create(&threads[i], NULL, spawn_many, &spawning);
        if (error)
            fail("pthread_create", error);
    }
    (void)pthread_barrier_wait(&spawning.begin);
    int64_t start = now();
    for (size_t i = 0; i < count; i++)
        (void)pthread_join(threads[i], NULL);
    printf("%lld\n", (long long)(now() - start));
    (void)pthread_barrier_destroy(&spawning.begin);
}

static void introduce(void) {
    if (driver_version)
        printf("version\t%s\n", driver_version());
    else
        printf("version\tglibc %s\n", gnu_get_libc_version());
    for (size_t i = 0; i < way_count; i++)
        printf("way\t%s\t%s\t%s\n", ways[i]->name, ways[i]->variant,
               ways[i]->apart ? "apart" : "shared");
    printf("ready\n");
}

int main(int argc, char **argv) {
    char *line = NULL;
    size_t size = 0;
    /* What the shell left open would be copied into, and closed in, every child. */
    if (close_range(3, ~0U, 0) < 0)
        fail("close_range", errno);
    if (argc > 1)
        run_early(argv[1]);
    ballast_load();
    introduce();
    while (fflush(stdout) == 0 && getline(&line, &size, stdin) > 0) {
        const char *verb = strtok(line, "\t\n");
        if (verb && strcmp(verb, "time") == 0)
            answer_time();
        else if (verb && strcmp(verb, "rate") == 0)
            answer_rate();
        else
            fail("no such request", EINVAL);
    }
    free(line);
    free(current_program);
    return 0;
}
