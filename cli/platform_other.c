/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "platform.h"

int current_capabilities(enum capability_set set, unsigned long long *bits) {
    (void)set;
    *bits = 0;
    return -ENOTSUP;
}

int current_securebits(int *bits) {
    *bits = 0;
    return -ENOTSUP;
}

int current_personality(unsigned long long *value) {
    *value = 0;
    return -ENOTSUP;
}

fx_scope_kind widest_scope(void) { return FX_SCOPE_PROCESS; }

/* Of the kernel's, as no process has the number 0. */
bool is_of_terminal(const siginfo_t *info) { return info->si_pid == 0; }

int become_subreaper(void) { return -ENOTSUP; }

size_t list_children(pid_t *list, size_t room) {
    (void)list;
    (void)room;
    return 0;
}
