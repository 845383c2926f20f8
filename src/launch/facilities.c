/* SPDX-License-Identifier: MIT
 *
 * What this kernel offers, asked once a process. Only definite answers are remembered: ENOSYS
 * stays, but a filter's EPERM may concern one thread only.
 */
#include <errno.h>
#include <stdatomic.h>

#include "child/child.h"
#include "launch.h"
#include "platform/platform.h"

bool fx_is_refusal(int code) {
    /*
     * ENOSYS: no such call. EPERM, EACCES: a filter of a container runtime. EINVAL, E2BIG: a
     * kernel that does not know a flag. EOPNOTSUPP: a threaded cgroup. But EAGAIN, ENOMEM
     * and the like are this moment's, and no mechanism is better off.
     */
    return code == -ENOSYS || code == -EPERM || code == -EACCES || code == -EINVAL ||
           code == -E2BIG || code == -EOPNOTSUPP;
}

static atomic_bool clone3_is_missing;

bool fx_clone3_is_missing(void) {
    return atomic_load_explicit(&clone3_is_missing, memory_order_relaxed);
}

void fx_note_clone3_is_missing(void) {
    atomic_store_explicit(&clone3_is_missing, true, memory_order_relaxed);
}

pid_t fx_clone_any(const struct fx_clone_request *request, int *pidfd) {
    pid_t pid = -ENOSYS;
    if (!fx_clone3_is_missing())
        pid = fx_platform_clone(FX_MECHANISM_CLONE3, request, pidfd);
    if (pid == -ENOSYS)
        fx_note_clone3_is_missing();
    if (pid < 0 && fx_is_refusal(pid))
        pid = fx_platform_clone(FX_MECHANISM_CLONE, request, pidfd);
    return pid;
}

/*
 * Emulators (qemu-user, WSL 1) answer such a clone with a plain fork: then the child's report would
 * never come, and its silence read as success. So one child that only leaves a mark. It
 * has no exit signal, so that neither a SIGCHLD handler nor a wait() elsewhere sees it.
 */
static int probe(fx_reason *obstacle) {
    volatile int mark = 0;
    int pidfd;
    struct fx_clone_request request = {.run = fx_child_leave_mark,
                                       .argument = (void *)(size_t)&mark};
    pid_t pid = fx_clone_any(&request, &pidfd);
    if (pid < 0 && !fx_is_refusal(pid))
        return pid;
    if (pid > 0)
        (void)fx_platform_wait_silent(pid);
    *obstacle = pid < 0 ? FX_REASON_REFUSED : mark ? FX_REASON_NONE : FX_REASON_COPIED;
    return 0;
}

int fx_memory_obstacle(fx_reason *obstacle) {
    enum { UNKNOWN, SHARED, COPIED };
    static atomic_int known;
    int answer = atomic_load_explicit(&known, memory_order_relaxed);
    if (answer != UNKNOWN) {
        *obstacle = answer == SHARED ? FX_REASON_NONE : FX_REASON_COPIED;
        return 0;
    }
    int result = probe(obstacle);
    if (result == 0 && *obstacle != FX_REASON_REFUSED)
        atomic_store_explicit(&known, *obstacle == FX_REASON_NONE ? SHARED : COPIED,
                              memory_order_relaxed);
    return result;
}
