/* SPDX-License-Identifier: MIT */
#include "explain.h"

/* What a step calls in a child that does it; where that depends on the plan, see below. */
static const char *const calls[FX_STEP_COUNT] = {
    [FX_STEP_CGROUP] = "openat write close",
    [FX_STEP_SETSID] = "setsid",
    [FX_STEP_SETPGID] = "setpgid",
    [FX_STEP_TERMINAL] = "ioctl",
    [FX_STEP_FOREGROUND] = "getpgid ioctl",
    [FX_STEP_SCHEDULING] = "getpriority sched_setattr",
    [FX_STEP_NICE] = "setpriority",
    [FX_STEP_AFFINITY] = "sched_setaffinity",
    [FX_STEP_IO_PRIORITY] = "ioprio_set",
    [FX_STEP_TIMER_SLACK] = "prctl",
    [FX_STEP_OOM_SCORE_ADJ] = "openat write close",
    [FX_STEP_LIMIT] = "prlimit64",
    [FX_STEP_UMASK] = "umask",
    [FX_STEP_PERSONALITY] = "personality",
    [FX_STEP_SETNS] = "setns",
    [FX_STEP_UNSHARE] = "unshare",
    [FX_STEP_ID_MAPS] = "close write read",
    [FX_STEP_CHROOT] = "chroot chdir",
    [FX_STEP_CLOSE] = "close",
    [FX_STEP_CLOSE_OTHERS] = "close_range",
    [FX_STEP_BOUNDING] = "prctl",
    [FX_STEP_SECUREBITS] = "prctl",
    [FX_STEP_KEEP_CAPABILITIES] = "prctl",
    [FX_STEP_SETGROUPS] = "setgroups",
    [FX_STEP_SETGID] = "setresgid",
    [FX_STEP_SETUID] = "setresuid",
    [FX_STEP_CAPABILITIES] = "capget capset",
    [FX_STEP_AMBIENT] = "prctl",
    [FX_STEP_CHDIR] = "chdir",
    [FX_STEP_FCHDIR] = "fchdir",
    [FX_STEP_DEATH_SIGNAL] = "prctl waitid getppid",
    [FX_STEP_DUMPABLE] = "prctl",
    [FX_STEP_APPARMOR] = "openat write close",
    [FX_STEP_SELINUX] = "openat write close",
    [FX_STEP_NO_NEW_PRIVS] = "prctl",
    [FX_STEP_LANDLOCK] = "landlock_restrict_self",
    [FX_STEP_ALARM] = "setitimer",
    [FX_STEP_TRACED] = "ptrace",
    [FX_STEP_RESET_HANDLERS] = "rt_sigaction",
    [FX_STEP_DEFAULT_SIGNALS] = "rt_sigaction",
    [FX_STEP_IGNORED_SIGNALS] = "rt_sigaction",
    [FX_STEP_CALLBACK] = "",
    [FX_STEP_PID_VARIABLE] = "getpid",
    [FX_STEP_GATE] = "read",
    [FX_STEP_SECCOMP] = "seccomp",
    [FX_STEP_SIGNAL_MASK] = "rt_sigprocmask",
};

/* A child on memory of its own says through a pipe that it has come so far. */
static const char *exec_calls(const struct fx_plan *plan) {
    bool tells = plan->mechanism == FX_MECHANISM_FORK || plan->mechanism == FX_MECHANISM_HELPER;
    if (tells && !plan->reporter.function)
        return plan->program_fd >= 0 ? "write execveat" : "write execve";
    return plan->program_fd >= 0 ? "execveat" : "execve";
}

const char *fx_calls_of(const struct fx_plan *plan, const struct fx_plan_step *step) {
    bool born = plan->mechanism == FX_MECHANISM_CLONE3;
    switch (step->kind) {
    case FX_STEP_RESET_HANDLERS:
    case FX_STEP_CGROUP:
        return born ? "" : calls[step->kind];
    case FX_STEP_UNSHARE:
        return (unsigned long)step->number == plan->birth_flags ? "" : calls[step->kind];
    case FX_STEP_NICE:
        return step->size ? "getpriority setpriority" : calls[step->kind];
    case FX_STEP_CHROOT:
        if (step->best_effort && !step->path)
            return "openat fchdir chroot close chdir";
        return step->path ? calls[step->kind] : "fchdir chroot chdir";
    case FX_STEP_LANDLOCK:
        return step->data ? "landlock_create_ruleset openat landlock_add_rule close "
                            "landlock_restrict_self close"
                          : calls[step->kind];
    case FX_STEP_EXEC:
        return exec_calls(plan);
    default:
        return calls[step->kind] ? calls[step->kind] : "";
    }
}
