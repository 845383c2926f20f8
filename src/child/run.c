/* SPDX-License-Identifier: MIT */
#include "child.h"
#include "platform/platform.h"

fx_child_step *const fx_child_steps[FX_STEP_COUNT] = {
    [FX_STEP_SETSID] = fx_run_setsid,
    [FX_STEP_SETPGID] = fx_run_setpgid,
    [FX_STEP_UMASK] = fx_run_umask,
    [FX_STEP_DESCRIPTOR] = fx_run_descriptors,
    [FX_STEP_CLOSE] = fx_run_close,
    [FX_STEP_CLOSE_OTHERS] = fx_run_close_others,
    [FX_STEP_SETGROUPS] = fx_run_setgroups,
    [FX_STEP_SETGID] = fx_run_setgid,
    [FX_STEP_SETUID] = fx_run_setuid,
    [FX_STEP_CHDIR] = fx_run_chdir,
    [FX_STEP_FCHDIR] = fx_run_fchdir,
    [FX_STEP_RESET_HANDLERS] = fx_run_reset_handlers,
    [FX_STEP_DEFAULT_SIGNALS] = fx_run_default_signal,
    [FX_STEP_CALLBACK] = fx_run_callback,
    [FX_STEP_SIGNAL_MASK] = fx_run_signal_mask,
    [FX_STEP_EXEC] = fx_run_exec,
};

int fx_child_run(void *argument) {
    struct fx_frame *frame = argument;
    const struct fx_plan *plan = frame->plan;
    int taken = fx_take_table(frame);
    if (taken < 0)
        fx_child_tell_failure(frame, FX_STEP_CLOSE_OTHERS, -1, taken);
    for (size_t i = 0; taken == 0 && i < plan->step_count; i++) {
        const struct fx_plan_step *step = &plan->steps[i];
        int index = step->index;
        int code = fx_child_steps[step->kind](frame, step, &index);
        if (code < 0) {
            fx_child_tell_failure(frame, step->kind, index, code);
            break;
        }
    }
    fx_sys_exit(FX_CHILD_FAILED);
}
