/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "child.h"
#include "platform/platform.h"

fx_child_step *const fx_child_steps[FX_STEP_COUNT] = {
    [FX_STEP_CGROUP] = fx_run_cgroup,
    [FX_STEP_SETSID] = fx_run_setsid,
    [FX_STEP_SETPGID] = fx_run_setpgid,
    [FX_STEP_TERMINAL] = fx_run_terminal,
    [FX_STEP_FOREGROUND] = fx_run_foreground,
    [FX_STEP_SCHEDULING] = fx_run_scheduling,
    [FX_STEP_NICE] = fx_run_nice,
    [FX_STEP_AFFINITY] = fx_run_affinity,
    [FX_STEP_IO_PRIORITY] = fx_run_io_priority,
    [FX_STEP_TIMER_SLACK] = fx_run_timer_slack,
    [FX_STEP_OOM_SCORE_ADJ] = fx_run_oom_score_adj,
    [FX_STEP_LIMIT] = fx_run_limit,
    [FX_STEP_UMASK] = fx_run_umask,
    [FX_STEP_PERSONALITY] = fx_run_personality,
    [FX_STEP_SETNS] = fx_run_setns,
    [FX_STEP_UNSHARE] = fx_run_unshare,
    [FX_STEP_ID_MAPS] = fx_run_id_maps,
    [FX_STEP_CHROOT] = fx_run_chroot,
    [FX_STEP_DESCRIPTOR] = fx_run_descriptors,
    [FX_STEP_CLOSE] = fx_run_close,
    [FX_STEP_CLOSE_OTHERS] = fx_run_close_others,
    [FX_STEP_BOUNDING] = fx_run_bounding,
    [FX_STEP_SECUREBITS] = fx_run_securebits,
    [FX_STEP_KEEP_CAPABILITIES] = fx_run_keep_capabilities,
    [FX_STEP_SETGROUPS] = fx_run_setgroups,
    [FX_STEP_SETGID] = fx_run_setgid,
    [FX_STEP_SETUID] = fx_run_setuid,
    [FX_STEP_CAPABILITIES] = fx_run_capabilities,
    [FX_STEP_AMBIENT] = fx_run_ambient,
    [FX_STEP_CHDIR] = fx_run_chdir,
    [FX_STEP_FCHDIR] = fx_run_fchdir,
    [FX_STEP_DEATH_SIGNAL] = fx_run_death_signal,
    [FX_STEP_DUMPABLE] = fx_run_dumpable,
    [FX_STEP_APPARMOR] = fx_run_apparmor,
    [FX_STEP_SELINUX] = fx_run_selinux,
    [FX_STEP_NO_NEW_PRIVS] = fx_run_no_new_privs,
    [FX_STEP_LANDLOCK] = fx_run_landlock,
    [FX_STEP_ALARM] = fx_run_alarm,
    [FX_STEP_TRACED] = fx_run_traced,
    [FX_STEP_RESET_HANDLERS] = fx_run_reset_handlers,
    [FX_STEP_DEFAULT_SIGNALS] = fx_run_default_signal,
    [FX_STEP_IGNORED_SIGNALS] = fx_run_ignored_signal,
    [FX_STEP_CALLBACK] = fx_run_callback,
    [FX_STEP_PID_VARIABLE] = fx_run_pid_variable,
    [FX_STEP_GATE] = fx_run_gate,
    [FX_STEP_SECCOMP] = fx_run_seccomp,
    [FX_STEP_SIGNAL_MASK] = fx_run_signal_mask,
    [FX_STEP_EXEC] = fx_run_exec,
};

static int run_step(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    return step->lacking ? step->lacking : fx_child_steps[step->kind](frame, step, index);
}

int fx_child_run_steps(struct fx_frame *frame, fx_step *failed, int *index) {
    const struct fx_plan *plan = frame->plan;
    for (size_t i = 0; i < plan->step_count; i++) {
        const struct fx_plan_step *step = &plan->steps[i];
        *index = step->index;
        int code = run_step(frame, step, index);
        if (code >= 0)
            continue;
        if (step->best_effort && fx_child_tell_skipped(frame, step->kind, *index, code))
            continue;
        *failed = step->kind;
        return code;
    }
    return 0;
}

static int status_of(const struct fx_frame *frame, int code) {
    if (!frame->is_past_gate || frame->plan->reporter.function)
        return FX_CHILD_FAILED;
    return code == -ENOENT || code == -ENOTDIR ? FX_CHILD_NOT_FOUND : FX_CHILD_NOT_EXECUTED;
}

int fx_child_run(void *argument) {
    struct fx_frame *frame = argument;
    fx_step failed = FX_STEP_CLOSE_OTHERS;
    int index = -1;
    int result = fx_take_table(frame);
    if (result == 0)
        result = fx_child_run_steps(frame, &failed, &index);
    if (result < 0)
        fx_child_tell_failure(frame, failed, index, result);
    fx_sys_exit(status_of(frame, result));
}
