/* SPDX-License-Identifier: MIT
 *
 * Mapping a stack and touching it for the first time cost as much as the clone's own set-up, so
 * stacks are kept. A thread looks first where it looked last, and so finds the one it had, whose
 * pages are in its processor's cache; but a stack belongs to no thread, so that threads
 * which live only for one spawn find one too, and none is left behind by those that end.
 */
#include "linux_stack.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>

enum {
    /* 64 KiB is a whole page whatever the page size. */
    GUARD_SIZE = 64 * 1024,
    MAPPED_SIZE = GUARD_SIZE + FX_LINUX_STACK_SIZE,
    /* More threads than these in the middle of a spawn, and some map a stack of their own. */
    KEPT = 16
};

static _Atomic(void *) kept[KEPT];

/* Threads have their own stacks, far apart. */
static size_t place_of_thread(void) {
    uintptr_t here = (uintptr_t)__builtin_frame_address(0);
    return (size_t)((here >> 16) * 0x9e3779b1U >> 8) % KEPT;
}

static void unmap(void *base) { (void)munmap(base, MAPPED_SIZE); }

static void *map(void) {
    void *base = mmap(NULL, MAPPED_SIZE, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (base == MAP_FAILED)
        return NULL;
    if (mprotect(base, GUARD_SIZE, PROT_NONE) < 0) {
        int error = errno;
        unmap(base);
        errno = error;
        return NULL;
    }
    return base;
}

unsigned char *fx_linux_stack_take(void) {
    size_t first = place_of_thread();
    void *base = NULL;
    for (size_t i = 0; i < KEPT && !base; i++) {
        _Atomic(void *) *place = &kept[(first + i) % KEPT];
        if (atomic_load_explicit(place, memory_order_relaxed))
            base = atomic_exchange(place, NULL);
    }
    if (!base)
        base = map();
    return base ? (unsigned char *)base + GUARD_SIZE : NULL;
}

void fx_linux_stack_give_back(unsigned char *stack) {
    size_t first = place_of_thread();
    void *base = stack - GUARD_SIZE;
    for (size_t i = 0; i < KEPT; i++) {
        void *empty = NULL;
        if (atomic_compare_exchange_strong(&kept[(first + i) % KEPT], &empty, base))
            return;
    }
    unmap(base);
}

__attribute__((destructor)) static void drop(void) {
    for (size_t i = 0; i < KEPT; i++) {
        void *base = atomic_exchange(&kept[i], NULL);
        if (base)
            unmap(base);
    }
}
