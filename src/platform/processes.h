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
    unsigned long long start; /* with the pid, it is this process and no later one */
    bool ended;               /* all its threads, but it is not reaped yet */
    bool still;               /* it is stopped, or sleeps where no signal wakes it */
    /* Marks of whoever goes through a list: */
    bool member;
    bool known;
    bool done;
    bool refused;
};

/* All zeros is an empty one. */
struct fx_process_list {
    struct fx_process *items;
    size_t count;
    size_t room;
};

/* Room for so many in all; what is there stays. -ENOMEM. */
int fx_process_list_reserve(struct fx_process_list *list, size_t room);
void fx_process_list_free(struct fx_process_list *list);

/* Whether the following are to be had on this system. */
bool fx_platform_lists_processes(void);
/* Fill the list anew with the processes that this one can see, in the order of their pids. */
int fx_platform_list_processes(struct fx_process_list *list);
/* -ESRCH: there is none. */
int fx_platform_look_at_process(pid_t pid, struct fx_process *process);

/*
 * To all of a group, by the number of its leader, who has not been reaped. A group that consists of
 * ended processes may count as one, or be -ESRCH or -EPERM.
 */
int fx_platform_signal_group(pid_t leader, int pidfd, int signal);

/* 0 if it is the directory of a control group of version 2; -EINVAL, -EBADF. */
int fx_platform_check_cgroup(int directory);
/*
 * Tell the function of each process in it and in those below, 0 for one that has no number here,
 * until it returns something else than 0. Some may be told twice. -ESRCH: there is no such cgroup
 * any more.
 */
int fx_platform_visit_cgroup(int directory, int (*visit)(void *argument, pid_t pid),
                             void *argument);
/* SIGKILL to all of these at once. -ENOENT: before Linux 5.14. */
int fx_platform_kill_cgroup(int directory);

#endif
