/* SPDX-License-Identifier: MIT */
#include "leash.h"

#include <errno.h>
#include <signal.h>
#include <time.h>

void fx_leash_begin(struct fx_leash *leash) {
    (void)pthread_mutex_init(&leash->lock, NULL);
    leash->state = FX_LEASH_LOOSE;
    leash->child = 0;
    leash->is_pulled = false;
}

bool fx_leash_end(struct fx_leash *leash) {
    (void)pthread_mutex_lock(&leash->lock);
    leash->state = FX_LEASH_OVER;
    bool is_pulled = leash->is_pulled;
    (void)pthread_mutex_unlock(&leash->lock);
    return is_pulled;
}

int fx_leash_expect(struct fx_leash *leash, enum fx_leash_state state) {
    (void)pthread_mutex_lock(&leash->lock);
    bool is_pulled = leash->is_pulled;
    leash->state = is_pulled ? FX_LEASH_LOOSE : state;
    __atomic_store_n(&leash->child, 0, __ATOMIC_RELAXED);
    (void)pthread_mutex_unlock(&leash->lock);
    return is_pulled ? -ECANCELED : 0;
}

/* Under the lock: it is unreaped, so the number is its own. */
static void kill_tied(struct fx_leash *leash) { (void)kill(leash->child, SIGKILL); }

void fx_leash_tie(struct fx_leash *leash, pid_t child) {
    (void)pthread_mutex_lock(&leash->lock);
    leash->state = child > 0 ? FX_LEASH_TIED : FX_LEASH_LOOSE;
    leash->child = child > 0 ? child : 0;
    if (leash->is_pulled && child > 0)
        kill_tied(leash);
    (void)pthread_mutex_unlock(&leash->lock);
}

void fx_leash_loosen(struct fx_launch *launch) {
    struct fx_leash *leash = launch->leash;
    siginfo_t info;
    /* One that has told of its failure can be stopped or frozen still. */
    (void)fx_platform_wait(launch->pid, launch->pidfd, -1, false, &info, NULL);
    (void)pthread_mutex_lock(&leash->lock);
    leash->state = FX_LEASH_LOOSE;
    (void)pthread_mutex_unlock(&leash->lock);
}

/*
 * A child may never run again, so nothing of ours would end its maker's sleep: its number is waited
 * for. That takes as long as the kernel takes to make a process that shares memory.
 */
static void wait_for_birth(struct fx_leash *leash) {
    const struct timespec moment = {.tv_nsec = 50000};
    while (leash->state == FX_LEASH_BEARING &&
           __atomic_load_n(&leash->child, __ATOMIC_RELAXED) == 0) {
        (void)pthread_mutex_unlock(&leash->lock);
        (void)nanosleep(&moment, NULL);
        (void)pthread_mutex_lock(&leash->lock);
    }
}

bool fx_leash_pull(struct fx_leash *leash) {
    (void)pthread_mutex_lock(&leash->lock);
    bool is_over = leash->state == FX_LEASH_OVER;
    leash->is_pulled = !is_over;
    wait_for_birth(leash);
    if (leash->state == FX_LEASH_BEARING || leash->state == FX_LEASH_TIED)
        kill_tied(leash);
    (void)pthread_mutex_unlock(&leash->lock);
    return !is_over;
}
