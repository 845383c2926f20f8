/* SPDX-License-Identifier: MIT
 */
#include "ballast.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

enum { PAGE = 4096, STACK = 64 << 10, OTHER_DESCRIPTORS = 90 };

static int *descriptors;
static size_t descriptor_count;

static void check(int error, const char *what) {
    if (error == 0)
        return;
    fprintf(stderr, "ballast: %s: %s\n", what, strerror(error));
    _exit(1);
}

static size_t take(const char *name) {
    const char *text = getenv(name);
    size_t value = text ? strtoul(text, NULL, 10) : 0;
    (void)unsetenv(name);
    return value;
}

static void hold_memory(size_t megabytes) {
    size_t size = megabytes << 20;
    if (size == 0)
        return;
    unsigned char *memory =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    check(memory == MAP_FAILED ? errno : 0, "mmap");
    /* Small pages: the page tables, which fork copies, are those of an ordinary heap. */
    (void)madvise(memory, size, MADV_NOHUGEPAGE);
    for (size_t place = 0; place < size; place += PAGE)
        memory[place] = 1;
}

/* Only as far as is needed: many a spawn engine works its way through all numbers up to the limit.
 */
static void raise_limit(size_t count) {
    struct rlimit limit;
    check(getrlimit(RLIMIT_NOFILE, &limit) < 0 ? errno : 0, "getrlimit");
    if (limit.rlim_cur >= count + OTHER_DESCRIPTORS)
        return;
    limit.rlim_cur = count + OTHER_DESCRIPTORS;
    check(setrlimit(RLIMIT_NOFILE, &limit) < 0 ? errno : 0, "setrlimit(RLIMIT_NOFILE)");
}

static void hold_descriptors(size_t count) {
    if (count == 0)
        return;
    raise_limit(count);
    descriptors = calloc(count, sizeof *descriptors);
    check(descriptors ? 0 : ENOMEM, "calloc");
    int first = open("/dev/null", O_RDONLY | O_CLOEXEC);
    check(first < 0 ? errno : 0, "open");
    descriptors[descriptor_count++] = first;
    while (descriptor_count < count) {
        int next = fcntl(first, F_DUPFD_CLOEXEC, first);
        check(next < 0 ? errno : 0, "fcntl(F_DUPFD_CLOEXEC)");
        descriptors[descriptor_count++] = next;
    }
}

static void *sleep_for_ever(void *nothing) {
    (void)nothing;
    for (;;)
        (void)pause();
    return NULL;
}

/* All signals are blocked in them, so that none that means the others ends up here. */
static void hold_threads(size_t count) {
    pthread_attr_t attributes;
    sigset_t all, kept;
    (void)sigfillset(&all);
    check(pthread_sigmask(SIG_SETMASK, &all, &kept), "pthread_sigmask");
    check(pthread_attr_init(&attributes), "pthread_attr_init");
    check(pthread_attr_setstacksize(&attributes, STACK), "pthread_attr_setstacksize");
    for (size_t i = 0; i < count; i++) {
        pthread_t thread;
        check(pthread_create(&thread, &attributes, sleep_for_ever, NULL), "pthread_create");
    }
    (void)pthread_attr_destroy(&attributes);
    check(pthread_sigmask(SIG_SETMASK, &kept, NULL), "pthread_sigmask");
}

void ballast_load(void) {
    hold_memory(take("BENCH_MEMORY"));
    hold_descriptors(take("BENCH_DESCRIPTORS"));
    hold_threads(take("BENCH_THREADS"));
    (void)unsetenv("LD_PRELOAD");
}

const int *ballast_descriptors(size_t *count) {
    *count = descriptor_count;
    return descriptors;
}
