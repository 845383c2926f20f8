/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "launch.h"
#include "launcher.h"
#include "leash.h"
#include "platform/deadline.h"
#include "platform/platform.h"
#include "platform/signals.h"
#include "sized.h"

static pid_t try_shared(struct fx_launch *launch, fx_mechanism mechanism) {
    if (mechanism == FX_MECHANISM_CLONE3 && fx_clone3_is_missing())
        return -ENOSYS;
    pid_t pid = fx_launch_shared(launch, mechanism);
    if (pid == -ENOSYS && mechanism == FX_MECHANISM_CLONE3)
        fx_note_clone3_is_missing();
    return pid;
}

static pid_t refuse(struct fx_launch *launch, pid_t code, fx_error *error) {
    if (error->code == 0)
        (void)fx_error_set(error, code, FX_STEP_CLONE, -1, "%s",
                           fx_mechanism_name(launch->mechanism));
    return code;
}

/* Step down to fork where memory cannot be shared; an error if the command forced sharing. */
static int leave_sharing(struct fx_launch *launch, bool forced, fx_error *error) {
    fx_reason obstacle;
    int result = fx_memory_obstacle(&obstacle);
    if (result < 0)
        return refuse(launch, result, error);
    if (obstacle == FX_REASON_NONE)
        return 0;
    if (forced) {
        (void)refuse(launch, obstacle == FX_REASON_COPIED ? -ENOTSUP : -ENOSYS, error);
        fx_error_detail(error, "%s", fx_reason_text(obstacle));
        return error->code;
    }
    launch->mechanism = FX_MECHANISM_FORK;
    launch->reason = obstacle;
    return 0;
}

/* 0: it is to be forked. */
static pid_t try_helper(struct fx_launch *launch, bool forced, fx_error *error) {
    launch->mechanism = FX_MECHANISM_HELPER;
    pid_t pid = fx_launch_helped(launch, error);
    if (pid < 0)
        return refuse(launch, pid, error);
    if (pid == 0 && forced)
        return error->code;
    if (pid == 0) {
        fx_error_clear(error);
        launch->mechanism = FX_MECHANISM_FORK;
    }
    return pid;
}

/* The ladder: from the mechanism of the plan downwards, unless the command forced one. */
static pid_t make_child(struct fx_launch *launch, fx_error *error) {
    bool forced = launch->plan->reason == FX_REASON_ASKED;
    launch->mechanism = launch->plan->mechanism;
    launch->reason = launch->plan->reason;

    if (launch->mechanism != FX_MECHANISM_FORK) {
        int result = leave_sharing(launch, forced, error);
        if (result < 0)
            return result;
    }
    while (launch->mechanism != FX_MECHANISM_FORK && launch->mechanism != FX_MECHANISM_HELPER) {
        pid_t pid = try_shared(launch, launch->mechanism);
        if (pid > 0)
            return pid;
        if (forced || !fx_is_refusal(pid))
            return refuse(launch, pid, error);
        launch->mechanism =
            launch->mechanism == FX_MECHANISM_CLONE3 ? FX_MECHANISM_CLONE : FX_MECHANISM_FORK;
        launch->reason = FX_REASON_REFUSED;
    }
    if (fx_table_is_shared(launch))
        fx_streams_stop_sharing(launch);
    if (launch->mechanism == FX_MECHANISM_HELPER || fx_helper_is_better(launch)) {
        pid_t pid = try_helper(launch, forced, error);
        if (pid != 0)
            return pid;
    }
    pid_t pid = fx_launch_forked(launch, error);
    return pid < 0 ? refuse(launch, pid, error) : pid;
}

void fx_launch_edit_mask(struct fx_launch *launch) {
    const struct fx_plan_mask *edit = launch->plan->mask;
    launch->frame.mask = launch->leash ? launch->leash->mask : launch->caller_mask;
    if (edit && edit->exact)
        launch->frame.mask = edit->block;
    int last = edit && !edit->exact ? fx_platform_last_signal() : 0;
    for (int signal = 1; signal <= last; signal++) {
        if (sigismember(&edit->block, signal) == 1)
            (void)sigaddset(&launch->frame.mask, signal);
        if (sigismember(&edit->unblock, signal) == 1)
            (void)sigdelset(&launch->frame.mask, signal);
    }
}

/* Only what the launcher holds tells a child in a pid namespace of its own that its parent lives.
 */
static bool needs_launcher(const struct fx_plan *plan) {
    return plan->death_signal && (!plan->death_of_thread || plan->birth_flags);
}

/* With signals blocked, so that no handler of the parent's runs in the child. */
static pid_t make_child_unsignalled(struct fx_launch *launch, fx_error *error) {
    int result = fx_sys_block_signals(&launch->caller_mask);
    if (result < 0)
        return fx_error_set(error, result, FX_STEP_SIGNAL_MASK, -1, "%s", "");
    fx_launch_edit_mask(launch);
    if (launch->plan->death_signal)
        launch->frame.parent = getpid();
    pid_t pid = needs_launcher(launch->plan) ? fx_launcher_make(launch, make_child, error)
                                             : make_child(launch, error);
    (void)fx_sys_set_signal_mask(&launch->caller_mask);
    return pid;
}

bool fx_launch_was_killed(const struct fx_launch *launch) {
    siginfo_t info;
    return fx_platform_wait(launch->pid, launch->pidfd, -1, false, &info, NULL) == 0 &&
           info.si_code == CLD_KILLED && info.si_status == SIGKILL;
}

void fx_launch_reap(struct fx_launch *launch, siginfo_t *info) {
    fx_leash_before_reaping(launch);
    /* ECHILD: SIGCHLD is ignored, or somebody waits for any child. It is gone all the same. */
    if (fx_platform_wait(launch->pid, launch->pidfd, -1, true, info, NULL) < 0)
        memset(info, 0, sizeof *info);
    fx_close_if_open(&launch->pidfd);
}

static int fail(struct fx_launch *launch, fx_error *error) {
    const volatile struct fx_report *report = &launch->frame.report;
    siginfo_t info;
    /* What it left may tell why it was silent. */
    fx_launch_reap(launch, &info);
    if (report->progress == FX_PROGRESS_FAILED) {
        (void)fx_plan_error(launch->plan, (fx_step)report->step, report->index, report->code,
                            error);
        fx_diagnose(launch->plan, error);
        return error->code;
    }
    (void)fx_plan_error(launch->plan, FX_STEP_EXEC, -1, -ECANCELED, error);
    if (info.si_code == CLD_KILLED || info.si_code == CLD_DUMPED)
        fx_error_detail(error, "the child was killed by signal %d before it reached its program",
                        info.si_status);
    else
        fx_error_detail(error, "the child ended before it reached its program");
    return error->code;
}

/*
 * Silence is no success: the child must have come to its exec. After a callback, which
 * may have closed the pipe, there is no telling; its exit status will.
 */
static bool has_started(const struct fx_launch *launch) {
    int progress = launch->frame.report.progress;
    return progress == FX_PROGRESS_EXEC || progress == FX_PROGRESS_CALLBACK ||
           progress == FX_PROGRESS_GATE || launch->plan->reporter.function;
}

/* A forked child has done so itself; the helper does not have the caller's code. */
static void tell_reporter(const struct fx_launch *launch) {
    const fx_reporter *reporter = &launch->plan->reporter;
    const volatile struct fx_report *report = &launch->frame.report;
    if (reporter->function && launch->mechanism != FX_MECHANISM_FORK &&
        report->progress == FX_PROGRESS_FAILED)
        reporter->function(reporter->argument, (fx_step)report->step, report->index, report->code);
}

static void fill_child(struct fx_launch *launch, fx_child *child) {
    fx_child made = {
        .size = sizeof made,
        .pid = launch->pid,
        .pidfd = launch->pidfd,
        .mechanism = launch->mechanism,
        .reason = launch->reason,
        .started = launch->started,
    };
    memcpy(made.stdio, launch->parent_ends, sizeof made.stdio);
    if (launch->skips.count > 0) {
        made.skipped_count = launch->skips.count;
        memcpy(made.skipped, launch->skips.list, sizeof made.skipped);
    }
    fx_copy_out(&made, sizeof made, child);
}

int fx_launch_prepare(struct fx_launch *launch, fx_error *error) {
    const struct fx_plan *plan = launch->plan;
    if (plan->pid_variables > 0 || plan->shell_fallback) {
        int result = fx_variables_prepare(&launch->frame, &launch->variables,
                                          &launch->variables_size, error);
        if (result < 0)
            return result;
    }
    return fx_streams_open(launch, error);
}

static int launch_plan(struct fx_launch *launch, fx_child *child, fx_error *error) {
    int result = fx_launch_prepare(launch, error);
    if (result < 0)
        return result;
    launch->pid = make_child_unsignalled(launch, error);
    fx_streams_close_child_ends(launch);
    if (launch->pid < 0) {
        fx_streams_close(launch);
        return launch->pid;
    }
    if (!has_started(launch)) {
        fx_streams_close(launch);
        return fail(launch, error);
    }
    tell_reporter(launch);
    if (launch->frame.shares_memory)
        fx_low_watch(launch->pidfd);
    fill_child(launch, child);
    return 0;
}

void fx_launch_begin(struct fx_launch *launch, const fx_plan *plan) {
    launch->plan = plan;
    launch->leash = NULL;
    launch->started = fx_now_nanoseconds();
    launch->frame = (struct fx_frame){.plan = plan,
                                      .environment = plan->environment,
                                      .skips = &launch->skips,
                                      .report_descriptor = -1,
                                      .release = -1,
                                      .watch = -1,
                                      .directory = -1};
    launch->skips.count = 0;
    launch->held_count = 0;
    for (int number = 0; number < 3; number++)
        launch->parent_ends[number] = launch->child_ends[number] = -1;
    launch->null = launch->directory = launch->pidfd = -1;
    launch->low_count = 0;
    launch->low_held = 0;
    launch->may_fetch = true;
    launch->enters_cgroup = false;
    launch->memory = launch->variables = NULL;
    launch->variables_size = 0;
}

int fx_launch_leashed(const fx_plan *plan, struct fx_leash *leash, fx_child *child,
                      fx_error *error) {
    int saved = errno, cancel;
    fx_error failure;
    struct fx_launch launch;
    fx_error_clear(&failure);
    fx_launch_begin(&launch, plan);
    launch.leash = leash;

    int result;
    if (!fx_child_is_whole(child)) {
        result = fx_error_command(&failure, -EINVAL, "child", "its size must be sizeof(fx_child)");
    } else {
        (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
        result = launch_plan(&launch, child, &failure);
        free(launch.variables);
        (void)pthread_setcancelstate(cancel, &cancel);
    }
    if (result < 0)
        fx_error_copy_out(&failure, error);
    else
        errno = saved;
    return result;
}

int fx_launch(const fx_plan *plan, fx_child *child, fx_error *error) {
    return fx_launch_leashed(plan, NULL, child, error);
}

int fx_spawn(const fx_command *command, fx_child *child, fx_error *error) {
    /* The plan lives only here: most fit on the stack, and no string needs a copy. */
    _Alignas(max_align_t) unsigned char memory[8 * 1024];
    fx_plan *plan;
    const struct fx_block room = {.base = memory, .size = sizeof memory, .borrows = true};
    int result = fx_compile_into(command, room, &plan, error);
    if (result < 0)
        return result;
    result = fx_launch(plan, child, error);
    if ((unsigned char *)plan != memory)
        fx_plan_free(plan);
    return result;
}
