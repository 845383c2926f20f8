/* SPDX-License-Identifier: MIT
 *
 * The table of steps. Messages, the order of a plan and its documentation read it; the
 * child's own table (src/child/run.c) has a function for each row with a place.
 *
 * The standard order, and why:
 *   session before the process group, which setpgid refuses to a session leader;
 *   descriptors while the parent's numbers still mean what the caller meant;
 *   what takes privilege, as a limit raised or a root changed, before the identity;
 *   nice after the policy, which resets it;
 *   the limit of open files after the map, whose numbers may lie above it;
 *   groups, then gid, then uid: each needs the privilege that the next gives up;
 *   directory after identity: the new user must be allowed to enter it;
 *   the death signal after the identity, which clears it;
 *   handlers reset before the mask is restored: a handler of the parent's must not run here;
 *   seccomp last but for the mask and exec, so that a filter need allow little;
 *   the mask last of all: until then no signal can stop or kill a child that the parent
 *   sleeps for; but tracing after it: a traced child stops even for a signal that would kill it,
 *   and those that were blocked come when the mask is set.
 * The second place is CPython's order, which its callers and tests can observe.
 */
#include "steps.h"

const struct fx_step_row fx_step_table[FX_STEP_COUNT] = {
    [FX_STEP_NONE] = {"none", "none", "parent", {0, 0}, fx_print_nothing, NULL},
    [FX_STEP_COMMAND] = {"command", "command", "parent", {0, 0}, fx_print_nothing, NULL},
    [FX_STEP_ALLOCATE] = {"malloc", "malloc", "parent", {0, 0}, fx_print_nothing, NULL},
    [FX_STEP_PIPE] = {"pipe", "pipe", "parent", {0, 0}, fx_print_nothing, NULL},
    [FX_STEP_OPEN] = {"open", "open", "parent", {0, 0}, fx_print_nothing, NULL},
    [FX_STEP_CLONE] = {"clone", "clone", "parent", {0, 0}, fx_print_nothing, NULL},
    [FX_STEP_CGROUP] =
        {"cgroup", "cgroup", "containment", {5, 44}, fx_print_held, "cgroup v2, of Linux 4.5"},
    [FX_STEP_SETSID] = {"setsid", "new_session", "session", {10, 40}, fx_print_nothing, NULL},
    [FX_STEP_SETPGID] = {"setpgid", "process_group", "session", {11, 41}, fx_print_setpgid, NULL},
    [FX_STEP_TERMINAL] =
        {"ioctl", "controlling_terminal", "session", {12, 42}, fx_print_terminal, NULL},
    [FX_STEP_FOREGROUND] = {"tcsetpgrp", "foreground", "session", {13, 43}, fx_print_held, NULL},
    [FX_STEP_SCHEDULING] = {"sched_setattr",
                            "scheduling",
                            "scheduling",
                            {15, 45},
                            fx_print_scheduling,
                            "sched_setattr(2), of Linux 3.14"},
    [FX_STEP_NICE] = {"setpriority", "nice", "scheduling", {16, 46}, fx_print_nice, NULL},
    [FX_STEP_AFFINITY] = {"sched_setaffinity",
                          "affinity",
                          "scheduling",
                          {17, 47},
                          fx_print_affinity,
                          "sched_setaffinity(2), of Linux"},
    [FX_STEP_IO_PRIORITY] = {"ioprio_set",
                             "io_priority",
                             "scheduling",
                             {18, 48},
                             fx_print_io_priority,
                             "ioprio_set(2), of Linux"},
    [FX_STEP_TIMER_SLACK] = {"prctl",
                             "timer_slack",
                             "scheduling",
                             {19, 49},
                             fx_print_timer_slack,
                             "PR_SET_TIMERSLACK, of Linux 2.6.28"},
    [FX_STEP_OOM_SCORE_ADJ] = {"oom_score_adj",
                               "oom_score_adj",
                               "scheduling",
                               {20, 50},
                               fx_print_number,
                               "/proc/self/oom_score_adj, of Linux 2.6.36"},
    [FX_STEP_LIMIT] = {"setrlimit", "limits", "limits", {22, 51}, fx_print_limit, NULL},
    [FX_STEP_UMASK] = {"umask", "umask", "limits", {23, 21}, fx_print_octal, NULL},
    [FX_STEP_PERSONALITY] = {"personality",
                             "personality",
                             "containment",
                             {24, 52},
                             fx_print_personality,
                             "personality(2), of Linux"},
    [FX_STEP_SETNS] = {"setns",
                       "namespaces",
                       "containment",
                       {26, 53},
                       fx_print_namespace,
                       "setns(2), of Linux 3.8"},
    [FX_STEP_UNSHARE] = {"unshare",
                         "unshare",
                         "containment",
                         {27, 54},
                         fx_print_unshare,
                         "namespaces, of Linux 3.8"},
    [FX_STEP_ID_MAPS] = {"id_maps",
                         "uid_map",
                         "containment",
                         {28, 55},
                         fx_print_id_maps,
                         "user namespaces, of Linux 3.8"},
    [FX_STEP_CHROOT] = {"chroot", "chroot", "directory", {29, 56}, fx_print_chroot, NULL},
    [FX_STEP_DESCRIPTOR] = {"dup2", "map", "descriptors", {30, 10}, fx_print_entry, NULL},
    [FX_STEP_CLOSE] = {"close", "close", "descriptors", {31, 11}, fx_print_number, NULL},
    [FX_STEP_CLOSE_OTHERS] =
        {"close_range", "inherit_others", "descriptors", {32, 100}, fx_print_nothing, NULL},
    [FX_STEP_BOUNDING] = {"prctl",
                          "bounding_capabilities",
                          "identity",
                          {40, 60},
                          fx_print_capabilities,
                          "capabilities(7), of Linux 2.6.25"},
    [FX_STEP_SECUREBITS] = {"prctl",
                            "securebits",
                            "identity",
                            {41, 61},
                            fx_print_securebits,
                            "PR_SET_SECUREBITS, of Linux 2.6.26"},
    [FX_STEP_KEEP_CAPABILITIES] = {"prctl",
                                   "keep_capabilities",
                                   "identity",
                                   {42, 62},
                                   fx_print_keep_capabilities,
                                   "PR_SET_KEEPCAPS, of Linux"},
    [FX_STEP_SETGROUPS] = {"setgroups", "groups", "identity", {43, 63}, fx_print_groups, NULL},
    [FX_STEP_SETGID] = {"setresgid", "group", "identity", {44, 64}, fx_print_number, NULL},
    [FX_STEP_SETUID] = {"setresuid", "user", "identity", {45, 65}, fx_print_number, NULL},
    [FX_STEP_CAPABILITIES] = {"capset",
                              "permitted_capabilities",
                              "identity",
                              {46, 66},
                              fx_print_capabilities,
                              "capabilities(7), of Linux 2.6.25"},
    [FX_STEP_AMBIENT] = {"prctl",
                         "ambient_capabilities",
                         "identity",
                         {47, 67},
                         fx_print_capabilities,
                         "PR_CAP_AMBIENT, of Linux 4.3"},
    [FX_STEP_CHDIR] = {"chdir", "directory", "directory", {50, 20}, fx_print_path, NULL},
    [FX_STEP_FCHDIR] = {"fchdir", "directory_fd", "directory", {50, 20}, fx_print_number, NULL},
    [FX_STEP_DEATH_SIGNAL] =
        {"prctl", "death_signal", "death", {55, 75}, fx_print_signal, "PR_SET_PDEATHSIG, of Linux"},
    [FX_STEP_DUMPABLE] =
        {"prctl", "dumpable", "identity", {56, 76}, fx_print_dumpable, "PR_SET_DUMPABLE, of Linux"},
    [FX_STEP_APPARMOR] = {"apparmor",
                          "apparmor_profile",
                          "containment",
                          {57, 77},
                          fx_print_path,
                          "AppArmor, active in the kernel"},
    [FX_STEP_SELINUX] = {"selinux",
                         "selinux_context",
                         "containment",
                         {58, 78},
                         fx_print_path,
                         "SELinux, active in the kernel"},
    [FX_STEP_NO_NEW_PRIVS] = {"prctl",
                              "no_new_privs",
                              "containment",
                              {60, 80},
                              fx_print_no_new_privs,
                              "PR_SET_NO_NEW_PRIVS, of Linux 3.5"},
    [FX_STEP_LANDLOCK] = {"landlock",
                          "landlock",
                          "containment",
                          {61, 81},
                          fx_print_landlock,
                          "Landlock, of Linux 5.13, active in the kernel"},
    [FX_STEP_ALARM] = {"setitimer", "alarm", "exec", {62, 82}, fx_print_number, NULL},
    [FX_STEP_RESET_HANDLERS] =
        {"sigaction", "reset_handlers", "signals", {65, 105}, fx_print_nothing, NULL},
    [FX_STEP_DEFAULT_SIGNALS] =
        {"sigaction", "default_signals", "signals", {66, 30}, fx_print_signal, NULL},
    [FX_STEP_IGNORED_SIGNALS] =
        {"sigaction", "ignored_signals", "signals", {67, 85}, fx_print_signal, NULL},
    [FX_STEP_CALLBACK] = {"callback", "callback", "callback", {70, 90}, fx_print_callback, NULL},
    [FX_STEP_PID_VARIABLE] =
        {"getpid", "pid_variable", "environment", {74, 106}, fx_print_path, NULL},
    [FX_STEP_GATE] = {"read", "gate", "exec", {75, 107}, fx_print_held, NULL},
    [FX_STEP_SECCOMP] = {"seccomp",
                         "seccomp",
                         "containment",
                         {78, 108},
                         fx_print_seccomp,
                         "seccomp(2), of Linux 3.17"},
    [FX_STEP_SIGNAL_MASK] =
        {"sigprocmask", "blocked_signals", "signals", {80, 110}, fx_print_mask, NULL},
    [FX_STEP_TRACED] =
        {"ptrace", "traced", "exec", {85, 115}, fx_print_nothing, "PTRACE_TRACEME, of Linux"},
    [FX_STEP_EXEC] = {"exec", "program", "exec", {90, 120}, fx_print_exec, NULL},
};

const char *fx_step_name(fx_step step) {
    return (unsigned int)step < FX_STEP_COUNT ? fx_step_table[step].name : "unknown";
}

const char *fx_step_key(fx_step step) {
    return (unsigned int)step < FX_STEP_COUNT ? fx_step_table[step].key : "unknown";
}

int fx_plan_error(const struct fx_plan *plan, fx_step kind, int index, int code, fx_error *error) {
    const struct fx_plan_step *found = NULL;
    for (size_t i = 0; i < plan->step_count; i++)
        if (plan->steps[i].kind == kind && (plan->steps[i].index == index || !found))
            found = &plan->steps[i];
    (void)fx_error_set(error, code, kind, index, "%s", "");
    fx_step_table[kind].print(plan, found, index, error->subject, sizeof error->subject);
    return code;
}
