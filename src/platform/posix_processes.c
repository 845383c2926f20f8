/* SPDX-License-Identifier: MIT
 *
 * POSIX has no list of processes; each system has another.
 */
#include <errno.h>
#include <signal.h>

#include "processes.h"

bool fx_platform_lists_processes(void) { return false; }

int fx_platform_list_processes(struct fx_process_list *list) {
    (void)list;
    return -ENOTSUP;
}

int fx_platform_look_at_process(pid_t pid, struct fx_process *process) {
    (void)pid;
    (void)process;
    return -ENOTSUP;
}

int fx_platform_signal_group(pid_t leader, int pidfd, int signal) {
    (void)pidfd;
    return kill(-leader, signal) < 0 ? -errno : 0;
}

int fx_platform_check_cgroup(int directory) {
    (void)directory;
    return -ENOTSUP;
}

int fx_platform_visit_cgroup(int directory, int (*visit)(void *argument, pid_t pid),
                             void *argument) {
    (void)directory;
    (void)visit;
    (void)argument;
    return -ENOTSUP;
}

int fx_platform_kill_cgroup(int directory) {
    (void)directory;
    return -ENOTSUP;
}
