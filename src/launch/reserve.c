/* SPDX-License-Identifier: MIT
 *
 * Low numbers for what a child needs.
 *
 * A child that is cut off from its parent's table of descriptors at some number pays for what
 * lies below it, so in a process with thousands of descriptors, what the child needs is
 * copied to low numbers before it is made. Where all of these are taken, only numbers that
 * were reserved while there were some help: they are held by a file that is nothing else, and
 * lent to one launch at a time.
 *
 * A program may close what it did not open (daemons do, before they begin). A number is ours only
 * as long as that file is behind it; one that is not is given up, never written to.
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "launch.h"
#include "platform/platform.h"

enum {
    /* Never reserved, as it is the standard input. */
    NONE = 0,
    /* Up to here a table is cheap. The kernel's smallest has room for so many. */
    CHEAP = 64,
    /* A process that has come to such numbers will come to more. */
    GROWING = 48,
    /* So many are copied at most for the sake of those reserved. */
    HIGHEST = 256
};

enum use {
    FREE,
    CLAIMED, /* somebody looks at it, or is filling it */
    LENT     /* what is there is a launch's, and not the placeholder */
};

struct slot {
    atomic_int number;
    atomic_int use;
};

static struct slot slots[FX_LOW_MAX];

/* The file behind all of them, held open by a number that is never lent. */
static atomic_int placeholder;
static atomic_ullong placeholder_device, placeholder_inode;
static atomic_int reserved;  /* how many slots have a number */
static atomic_bool hopeless; /* there are no low numbers to be had */
/* Nobody waits for it: who finds it taken does without. */
static atomic_flag reserving = ATOMIC_FLAG_INIT;

static void forget(struct slot *slot) {
    atomic_store(&slot->number, NONE);
    atomic_fetch_sub(&reserved, 1);
}

/* NONE if there is none, or the program has closed it. */
static int find_placeholder(void) {
    struct stat status;
    int held = atomic_load(&placeholder);
    bool ours = held != NONE && fstat(held, &status) == 0 &&
                status.st_dev == (dev_t)atomic_load(&placeholder_device) &&
                status.st_ino == (ino_t)atomic_load(&placeholder_inode);
    return ours ? held : NONE;
}

/* Put the placeholder back, which drops this process's copy of what was lent for. */
static void restore(struct slot *slot, int held) {
    int number = atomic_load(&slot->number);
    if (held == NONE || fx_sys_replace(held, number) < 0) {
        (void)fx_sys_close(number);
        forget(slot);
    }
    atomic_store(&slot->use, FREE);
}

/* ---- making the reservation ---- */

/* A thread that is in the middle of a launch does not exist in the forked child. */
static void renew_in_child(void) {
    int held = find_placeholder();
    for (size_t i = 0; i < FX_LOW_MAX; i++) {
        if (atomic_load(&slots[i].use) == LENT)
            restore(&slots[i], held);
        atomic_store(&slots[i].use, FREE);
    }
    atomic_flag_clear(&reserving);
}

static int open_placeholder(void) {
    static atomic_bool renews;
    struct stat status;
    if (find_placeholder() != NONE)
        return 0;
    int fd = fx_platform_placeholder();
    if (fd < 0)
        return fd;
    if (fstat(fd, &status) < 0 ||
        (!atomic_load(&renews) && pthread_atfork(NULL, NULL, renew_in_child) != 0)) {
        (void)fx_sys_close(fd);
        return -ENOMEM;
    }
    atomic_store(&renews, true);
    atomic_store(&placeholder_device, status.st_dev);
    atomic_store(&placeholder_inode, status.st_ino);
    atomic_store(&placeholder, fd);
    return 0;
}

/* A slot that nobody has is then the caller's, until it is free again. */
static bool claim(struct slot *slot) {
    int use = FREE;
    return atomic_compare_exchange_strong(&slot->use, &use, CLAIMED);
}

static int fill(struct slot *slot) {
    int number = fx_sys_dup_above(atomic_load(&placeholder), 3);
    if (number < 0)
        return number;
    if (number >= HIGHEST) {
        (void)fx_sys_close(number);
        return -EMFILE;
    }
    atomic_store(&slot->number, number);
    atomic_fetch_add(&reserved, 1);
    return 0;
}

/* Whether the slot has a number of ours; one that has become the program's own is given up. */
static bool is_good(struct slot *slot, int held) {
    int number = atomic_load(&slot->number);
    if (number == NONE || fx_platform_is_copy(number, held))
        return number != NONE;
    forget(slot);
    return false;
}

static int fill_all(void) {
    int result = open_placeholder();
    for (size_t i = 0; i < FX_LOW_MAX && result == 0; i++) {
        if (!claim(&slots[i]))
            continue;
        if (!is_good(&slots[i], atomic_load(&placeholder)))
            result = fill(&slots[i]);
        atomic_store(&slots[i].use, FREE);
    }
    return result;
}

/* Where few can be opened at all, every one is the program's own, and the table is cheap. */
static bool is_worth_it(void) {
    struct rlimit limit;
    return fx_platform_shares_table() && getrlimit(RLIMIT_NOFILE, &limit) == 0 &&
           limit.rlim_cur >= 4 * (rlim_t)HIGHEST;
}

static int reserve(void) {
    if (!is_worth_it() || atomic_flag_test_and_set(&reserving))
        return 0;
    int result = fill_all();
    atomic_flag_clear(&reserving);
    atomic_store(&hopeless, result < 0);
    return result;
}

int fx_reserve(void) {
    int saved = errno;
    int result = reserve();
    if (result == 0)
        errno = saved;
    return result;
}

void fx_low_watch(int number) {
    if (number < GROWING || atomic_load_explicit(&reserved, memory_order_relaxed) == FX_LOW_MAX ||
        atomic_load_explicit(&hopeless, memory_order_relaxed))
        return;
    (void)reserve();
}

/* ---- lending ---- */

/* A slot of ours that nobody has; it is then the caller's. */
static struct slot *borrow(int held) {
    for (size_t i = 0; i < FX_LOW_MAX; i++) {
        struct slot *slot = &slots[i];
        if (atomic_load(&slot->number) == NONE || !claim(slot))
            continue;
        if (is_good(slot, held))
            return slot;
        atomic_store(&slot->use, FREE);
    }
    return NULL;
}

/* The program has closed them, as it may: new ones can be reserved. */
static void forget_all(void) {
    for (size_t i = 0; i < FX_LOW_MAX; i++) {
        if (!claim(&slots[i]))
            continue;
        if (atomic_load(&slots[i].number) != NONE)
            forget(&slots[i]);
        atomic_store(&slots[i].use, FREE);
    }
}

static int take_reserved(int fd, int *held) {
    if (atomic_load_explicit(&reserved, memory_order_relaxed) == 0)
        return -EMFILE;
    if (*held == NONE)
        *held = find_placeholder();
    if (*held == NONE) {
        forget_all();
        return -EMFILE;
    }
    struct slot *slot = borrow(*held);
    if (!slot)
        return -EMFILE;
    int number = atomic_load(&slot->number);
    atomic_store(&slot->use, LENT);
    int result = fx_sys_replace(fd, number);
    if (result < 0) {
        atomic_store(&slot->use, FREE);
        return result;
    }
    return number;
}

bool fx_is_low(int number) { return number < CHEAP; }

int fx_low_take(int fd, int *held) {
    int number = take_reserved(fd, held);
    if (number >= 0)
        return number;
    number = fx_sys_dup_above(fd, 3);
    if (number < 0 || fx_is_low(number))
        return number;
    (void)fx_sys_close(number);
    fx_low_watch(number);
    return take_reserved(fd, held);
}

static struct slot *slot_lent_as(int number) {
    for (size_t i = 0; i < FX_LOW_MAX; i++)
        if (atomic_load(&slots[i].number) == number && atomic_load(&slots[i].use) == LENT)
            return &slots[i];
    return NULL;
}

void fx_low_give_back(const struct fx_copy *low, size_t count, int held) {
    for (size_t i = 0; i < count; i++) {
        struct slot *slot = slot_lent_as(low[i].to);
        if (slot)
            restore(slot, held);
        else
            (void)fx_sys_close(low[i].to);
    }
}

__attribute__((destructor)) static void give_up(void) {
    int held = find_placeholder();
    if (held == NONE)
        return;
    for (size_t i = 0; i < FX_LOW_MAX; i++)
        if (is_good(&slots[i], held))
            (void)fx_sys_close(atomic_load(&slots[i].number));
    (void)fx_sys_close(held);
}
