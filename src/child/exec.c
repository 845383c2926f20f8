/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "child.h"
#include "platform/environ.h"
#include "platform/platform.h"

/* There is no such program here; another directory of PATH may have it. */
static bool says_absent(int code) { return code == -ENOENT || code == -ENOTDIR; }

/* Whether the search goes on after this error, in the way of the C library's execvp. */
static bool goes_on(const struct fx_plan *plan, int code) {
    if (plan->order == FX_ORDER_CPYTHON)
        return true;
    return says_absent(code) || code == -EACCES || code == -ESTALE || code == -ENODEV ||
           code == -ETIMEDOUT;
}

int fx_run_exec(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    const struct fx_plan *plan = frame->plan;
    char *const *environment = frame->environment ? frame->environment : fx_platform_environ();
    int remembered = 0, absent = 0, last = 0;
    (void)step;

    if (!fx_child_tell_progress(frame, FX_PROGRESS_EXEC))
        return -EIO;
    *index = 0;
    for (int i = 0; plan->candidates[i]; i++) {
        last = fx_sys_execve(plan->candidates[i], plan->argv, environment);
        /* The first error that is more than "not here" is the one worth telling. */
        if (!remembered && !says_absent(last)) {
            remembered = last;
            *index = i;
        }
        if (!goes_on(plan, last)) {
            *index = i;
            return last;
        }
        if (absent != -ENOENT)
            absent = last;
    }
    if (remembered)
        return remembered;
    /* A PATH with a file in it does not make a missing program "not a directory". */
    return plan->order == FX_ORDER_CPYTHON ? last : absent;
}
