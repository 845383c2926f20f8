/* SPDX-License-Identifier: MIT
 *
 * Looking at processes that need not be children of this one.
 */
#ifndef FX_PLATFORM_PROCESSES_H
#define FX_PLATFORM_PROCESSES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct fx_process {
    pid_t pid;
    pid_t parent;
    pid_t group;
    pid_t session;
    bool ended; /* and not reaped yet */
    bool stopped;
    bool member;
    unsigned long long start; /* with the pid, it is this process and no other */
};

struct fx_process_list {
    struct fx_process *items;
    size_t count;
    size_t room;
};

#endif
