/* SPDX-License-Identifier: MIT
 *
 * What this kernel has of scheduling. A filter's refusal is not asked about: the launch tells.
 */
#include <errno.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "linux_lacks.h"

#ifndef SYS_sched_getattr
#define SYS_sched_getattr -1
#endif

/* Each asks without changing anything. */
static int lacks_policies(void) {
    uint32_t attributes[12]; /* struct sched_attr of the first version */
    long result = syscall(SYS_sched_getattr, 0L, attributes, sizeof attributes, 0L);
    return result < 0 && errno == ENOSYS ? -ENOSYS : 0;
}

static int lacks_io_priority(void) {
    enum { WHO_PROCESS = 1 };
    /* Kernels without block devices have no such call. */
    return syscall(SYS_ioprio_get, (long)WHO_PROCESS, 0L) < 0 && errno == ENOSYS ? -ENOSYS : 0;
}

static int lacks_timer_slack(void) {
    return prctl(PR_GET_TIMERSLACK, 0L, 0L, 0L, 0L) < 0 && errno == EINVAL ? -ENOTSUP : 0;
}

static int lacks_oom_score_adj(void) {
    /* Where /proc is not mounted, the launch will tell. */
    bool lacks = access("/proc/self/oom_score_adj", F_OK) < 0 && errno == ENOENT &&
                 access("/proc/self/stat", F_OK) == 0;
    return lacks ? -ENOTSUP : 0;
}

int fx_linux_lacks_scheduling(fx_step step) {
    switch (step) {
    case FX_STEP_SCHEDULING:
        return lacks_policies();
    case FX_STEP_IO_PRIORITY:
        return lacks_io_priority();
    case FX_STEP_TIMER_SLACK:
        return lacks_timer_slack();
    case FX_STEP_OOM_SCORE_ADJ:
        return lacks_oom_score_adj();
    default:
        return 0;
    }
}
