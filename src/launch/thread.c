/* SPDX-License-Identifier: MIT */
#include "thread.h"

#include <pthread.h>
#include <signal.h>

#include "platform/death.h"

int fx_thread_make(void *(*run)(void *argument), void *argument) {
    /* Enough for the launch and, in a forked child, for its steps. */
    enum { STACK = 256 * 1024 };
    pthread_attr_t attributes;
    pthread_t thread;
    int result = pthread_attr_init(&attributes);
    if (result != 0)
        return -result;
    (void)pthread_attr_setstacksize(&attributes, STACK);
    (void)pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    result = pthread_create(&thread, &attributes, run, argument);
    (void)pthread_attr_destroy(&attributes);
    return -result;
}

/* libc's internal signals have to reach every thread: setuid(3) waits for all of them. */
static void block_others(void) {
    sigset_t all;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, NULL);
}

void fx_thread_begin(const char *name) {
    fx_platform_name_thread(name);
    block_others();
}
