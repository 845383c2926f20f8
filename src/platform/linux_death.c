/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "death.h"
#include "platform.h"

int fx_sys_death_signal(int signal) {
    return syscall(SYS_prctl, (long)PR_SET_PDEATHSIG, (long)signal, 0L, 0L, 0L) < 0 ? -errno : 0;
}

pid_t fx_sys_settled_parent(void) {
    /*
     * An ending thread gives its children away and looks for their signals under the kernel's
     * lock of all processes; older kernels set the signal without it, so that both sides could miss
     * what the other one has just written. A wait that finds nothing takes that lock: what was
     * given away before shows now, and who comes after sees the signal.
     */
    (void)syscall(SYS_waitid, (long)P_ALL, 0L, 0L, (long)(WEXITED | WNOHANG | WNOWAIT), 0L);
    return (pid_t)syscall(SYS_getppid);
}

bool fx_sys_has_ended(int pidfd) {
    struct pollfd polled = {.fd = pidfd, .events = POLLIN};
    return fx_sys_poll_now(&polled, 1) > 0;
}
