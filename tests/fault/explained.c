/* SPDX-License-Identifier: MIT
 *
 * Commands with each attribute, explained or run.
 *
 *     explained NAME json|text|run MECHANISM PROGRAM
 *
 * NAME is a row of the table below, MECHANISM "auto" or the name of one.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "forkexec.h"

static char *arguments[] = {NULL, "exit", "0", NULL};
static fx_command command = {.size = sizeof command, .argv = arguments};

static _Noreturn void give_up(const fx_error *error) {
    char text[FX_MESSAGE_MAX];
    (void)fx_error_message(error, text, sizeof text);
    (void)fprintf(stderr, "explained: %s\n", text);
    exit(125);
}

static int open_folder(void) {
    int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 ? 0 : fd;
}

static void be_plain(void) {}

static void have_a_map(void) {
    static const fx_map map[] = {{0, 1}, {1, 0}, {7, 2}, {2, 2}};
    command.map = map;
    command.map_count = sizeof map / sizeof map[0];
    command.stdio[2].kind = FX_STDIO_INHERIT;
}

static void have_pipes(void) {
    command.stdio[0].kind = FX_STDIO_NULL;
    command.stdio[1].kind = FX_STDIO_PIPE;
    command.stdio[2].kind = FX_STDIO_STDOUT;
}

static void have_a_session(void) {
    command.new_session = true;
    command.umask = (fx_number)FX_NUMBER(027);
    command.directory = "/";
}

static void have_limits(void) {
    static const fx_limit limits[] = {
        {.resource = RLIMIT_CORE, .soft = {FX_LIMIT_VALUE, 0}, .hard = {FX_LIMIT_VALUE, 0}},
        {.resource = RLIMIT_NOFILE, .soft = {FX_LIMIT_VALUE, 64}, .hard = {FX_LIMIT_VALUE, 64}},
    };
    command.limits = limits;
    command.limit_count = 2;
    command.process_group = (fx_number)FX_NUMBER(0);
}

static void be_scheduled(void) {
    static const int cpus[] = {0};
    command.nice_absolute = (fx_number)FX_NUMBER(10);
    command.scheduling = (fx_scheduling){.set = true, .policy = SCHED_BATCH};
    command.affinity = (fx_cpus){true, 1, cpus};
    command.io_priority = (fx_io_priority){true, FX_IO_IDLE, 0};
    command.timer_slack = (fx_count)FX_COUNT(100000);
    command.oom_score_adj = (fx_number)FX_NUMBER(100);
    command.alarm = 100;
}

static void have_signals(void) {
    static const int ignored[] = {SIGINT, SIGHUP}, blocked[] = {SIGUSR1};
    command.ignored_signals = (fx_signals){true, 2, ignored};
    command.blocked_signals = (fx_signals){true, 1, blocked};
    command.keep_ignored_signals = true;
}

static void be_somebody(void) {
    command.user = (fx_id)FX_ID(65534);
    command.group = (fx_id)FX_ID(65534);
    command.groups.set = true;
}

static void have_capabilities(void) {
    command.bounding_capabilities = (fx_capabilities){true, 0x1fffffffffULL & ~(1ULL << 25)};
    command.inheritable_capabilities = (fx_capabilities){true, 1ULL << 13};
    command.ambient_capabilities = (fx_capabilities){true, 1ULL << 13};
    command.securebits = (fx_number)FX_NUMBER(0);
}

static void be_jailed(void) {
    command.chroot_fd = (fx_number)FX_NUMBER(open_folder());
    command.directory = "/";
}

static void be_contained(void) {
    static const fx_landlock_path paths[] = {{"/", FX_LANDLOCK_READ_WRITE}};
    command.no_new_privs = true;
    command.landlock = paths;
    command.landlock_count = 1;
    command.unshare = CLONE_NEWUTS | CLONE_NEWIPC;
    command.personality = (fx_count)FX_COUNT(0x40000);
    command.death_signal = SIGTERM;
}

static void filter(void) {
    /* BPF_RET | BPF_K, SECCOMP_RET_ALLOW */
    static const unsigned int program[2] = {0x06, 0x7fff0000};
    command.no_new_privs = true;
    command.seccomp = program;
    command.seccomp_size = sizeof program;
}

static void know_its_pid(void) {
    command.pid_variable = "MY_PID";
    command.inherit_others = true;
}

static void skip(void) {
    static const fx_step steps[] = {FX_STEP_NICE, FX_STEP_TERMINAL};
    command.best_effort = steps;
    command.best_effort_count = 2;
    command.nice_absolute = (fx_number)FX_NUMBER(1);
}

static const struct {
    const char *name;
    void (*prepare)(void);
} rows[] = {
    {"plain", be_plain},         {"map", have_a_map},           {"pipes", have_pipes},
    {"session", have_a_session}, {"limits", have_limits},       {"scheduling", be_scheduled},
    {"signals", have_signals},   {"identity", be_somebody},     {"capabilities", have_capabilities},
    {"chroot", be_jailed},       {"containment", be_contained}, {"seccomp", filter},
    {"pid", know_its_pid},       {"best-effort", skip},
};

static fx_mechanism mechanism_of(const char *name) {
    for (fx_mechanism each = FX_MECHANISM_AUTO; each < FX_MECHANISM_COUNT; each++)
        if (strcmp(fx_mechanism_name(each), name) == 0)
            return each;
    exit(124);
}

static void explain(fx_format format) {
    static char text[1 << 16];
    fx_error error = {.size = sizeof error};
    fx_plan *plan;
    if (fx_compile(&command, &plan, &error) < 0)
        give_up(&error);
    (void)fx_explain(plan, format, 0, text, sizeof text);
    (void)fputs(text, stdout);
    fx_plan_free(plan);
}

static int run(void) {
    fx_error error = {.size = sizeof error};
    fx_child child = {.size = sizeof child};
    fx_exit end = {.size = sizeof end};
    if (fx_spawn(&command, &child, &error) < 0)
        give_up(&error);
    (void)fx_wait(&child, -1, 0, &end);
    fx_child_close(&child);
    return end.code;
}

int main(int argc, char **argv) {
    if (argc != 5)
        return 124;
    arguments[0] = argv[4];
    command.mechanism = mechanism_of(argv[3]);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(rows[i].name, argv[1]) != 0)
            continue;
        rows[i].prepare();
        if (strcmp(argv[2], "run") == 0)
            return run();
        explain(strcmp(argv[2], "json") == 0 ? FX_FORMAT_JSON : FX_FORMAT_TEXT);
        return 0;
    }
    return 124;
}
