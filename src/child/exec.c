/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "execute.h"
#include "platform/environ.h"

/* There is no such program here; another directory of PATH may have it. */
static bool says_absent(int code) { return code == -ENOENT || code == -ENOTDIR; }

/* Whether the search goes on after this error, in the way of the C library's execvp. */
static bool goes_on(const struct fx_plan *plan, int code) {
    if (plan->order == FX_ORDER_CPYTHON)
        return true;
    return says_absent(code) || code == -EACCES || code == -ESTALE || code == -ENODEV ||
           code == -ETIMEDOUT;
}

/* One after the other, until one can be executed. */
static int search(struct fx_attempt *attempt, const struct fx_plan *plan, int *index) {
    int remembered = 0, absent = 0, last = 0;
    for (int i = 0; plan->candidates[i]; i++) {
        last = fx_execute_path(attempt, plan->candidates[i]);
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

int fx_run_exec(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    const struct fx_plan *plan = frame->plan;
    struct fx_attempt attempt = {
        .frame = frame,
        .environment = frame->environment ? frame->environment : fx_platform_environ(),
        .patience = plan->busy_timeout,
        .pause = 1,
    };
    if (!fx_child_tell_progress(frame, FX_PROGRESS_EXEC))
        return -EIO;
    *index = 0;
    if (plan->program_fd < 0)
        return search(&attempt, plan, index);
    /* A script is executed where its interpreter will find it. */
    bool is_script = step->number >= 0;
    return fx_execute_open(&attempt, is_script ? (int)step->number : frame->held[step->held]);
}
