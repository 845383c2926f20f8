/* SPDX-License-Identifier: MIT
 *
 * What the driver starts.
 */
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "driver.h"

static char program[PATH_MAX], reader[PATH_MAX], search[PATH_MAX + 64], target[PATH_MAX + 16];
static char *arguments[] = {program, target, NULL};
static char *reader_arguments[] = {reader, "read", NULL};
static char *environment[] = {search, NULL};
static const fx_map map[] = {
    {5, FIRST_FILE}, {FIRST_FILE, FIRST_FILE + 1}, {FIRST_FILE + 1, FIRST_FILE}};
static const int kept = KEPT;
static const gid_t groups[] = {7, 8};

/* The last numbers of a crowded table. */
enum { CROWD = 80, LATE_CROWD = 260 };
static int crowded[2];

/* All numbers up to some are taken, but for those that the library may have reserved before. */
static void be_crowded(int highest) {
    int fd = -1;
    while (fd < highest)
        if ((fd = fcntl(0, F_DUPFD_CLOEXEC, 3)) < 0)
            give_up("F_DUPFD_CLOEXEC");
    crowded[0] = fd - 1;
    crowded[1] = fd;
}

/* One of each kind of attribute that memory may be shared with, and a few that need not succeed. */
static void have_attributes(fx_command *command) {
    static const fx_limit limits[] = {
        {.resource = RLIMIT_CORE, .soft = {FX_LIMIT_VALUE, 0}},
        {.resource = RLIMIT_NOFILE, .soft = {FX_LIMIT_ALLOWED, 32}, .hard = {FX_LIMIT_VALUE, 48}},
    };
    static const int cpus[] = {0}, signals[] = {SIGINT, SIGQUIT};
    static const unsigned int allow_all[2] = {0x06, 0x7fff0000};
    static const fx_landlock_path paths[] = {{"/", FX_LANDLOCK_READ_WRITE}};
    static const fx_step best_effort[] = {FX_STEP_TIMER_SLACK, FX_STEP_OOM_SCORE_ADJ};
    command->limits = limits;
    command->limit_count = 2;
    command->nice = (fx_number)FX_NUMBER(3);
    command->scheduling = (fx_scheduling){.set = true, .policy = SCHED_BATCH};
    command->affinity = (fx_cpus){true, 1, cpus};
    command->io_priority = (fx_io_priority){true, FX_IO_IDLE, 0};
    command->timer_slack = (fx_count)FX_COUNT(70000);
    command->oom_score_adj = (fx_number)FX_NUMBER(200);
    command->ignored_signals = (fx_signals){true, 2, signals};
    command->blocked_signals = (fx_signals){true, 2, signals};
    command->personality = (fx_count)FX_COUNT(0);
    command->no_new_privs = true;
    command->landlock = paths;
    command->landlock_count = 1;
    command->seccomp = allow_all;
    command->seccomp_size = sizeof allow_all;
    command->alarm = 1000;
    command->pid_variable = "OWN_PID";
    command->best_effort = best_effort;
    command->best_effort_count = 2;
}

/* What only root may, and what is done before and after a change of identity. */
static void have_privileged_attributes(fx_command *command) {
    static const gid_t nobodys[] = {65534};
    command->user = (fx_id)FX_ID(54321);
    command->group = (fx_id)FX_ID(12345);
    command->groups = (fx_groups){.set = true, .count = 1, .list = nobodys};
    command->bounding_capabilities = (fx_capabilities){true, 1ULL << 13 | 1ULL << 10};
    command->permitted_capabilities = (fx_capabilities){true, 1ULL << 13 | 1ULL << 10};
    command->ambient_capabilities = (fx_capabilities){true, 1ULL << 13};
    command->chroot = "/";
    command->directory = "/tmp";
    command->unshare = CLONE_NEWUTS;
}

void set_paths(const char *programs, const char *report) {
    (void)snprintf(program, sizeof program, "%s/report", programs);
    (void)snprintf(reader, sizeof reader, "%s/talk", programs);
    (void)snprintf(search, sizeof search, "PATH=/nonexistent:/etc/passwd:%s:/tmp", programs);
    (void)snprintf(target, sizeof target, "report-to=%s", report);
}

fx_command reader_command(void) {
    return (fx_command){
        .size = sizeof(fx_command), .argv = reader_arguments, .environment = environment};
}

fx_command command_of(const char *variant) {
    fx_command command = {.size = sizeof command, .argv = arguments, .environment = environment};
    if (strcmp(variant, "rich") == 0) {
        command.stdio[0].kind = FX_STDIO_NULL;
        command.stdio[1].kind = FX_STDIO_PIPE;
        command.stdio[2].kind = FX_STDIO_PIPE;
        command.map = map;
        command.map_count = sizeof map / sizeof map[0];
        command.keep = &kept;
        command.keep_count = 1;
        command.new_session = true;
        command.umask = (fx_number)FX_NUMBER(027);
        command.directory = "/";
    } else if (strcmp(variant, "search") == 0) {
        command.program = "report";
    } else if (strcmp(variant, "identity") == 0) {
        command.user = (fx_id)FX_ID(54321);
        command.group = (fx_id)FX_ID(12345);
        command.groups = (fx_groups){.set = true, .count = 2, .list = groups};
    } else if (strcmp(variant, "attributes") == 0) {
        have_attributes(&command);
    } else if (strcmp(variant, "privileged") == 0) {
        have_privileged_attributes(&command);
    } else if (strcmp(variant, "crowd") == 0 || strcmp(variant, "late") == 0) {
        bool late = strcmp(variant, "late") == 0;
        if (!late && fx_reserve() < 0)
            give_up("fx_reserve");
        be_crowded(late ? LATE_CROWD : CROWD);
        command.stdio[1].kind = FX_STDIO_PIPE;
        command.keep = crowded;
        command.keep_count = 2;
    } else if (strcmp(variant, "missing") == 0) {
        command.program = "/nonexistent/program";
        command.stdio[1].kind = FX_STDIO_PIPE;
    } else if (strcmp(variant, "half-pipeline") == 0) {
        command.program = "/nonexistent/program";
    } else if (strcmp(variant, "plain") != 0 && strcmp(variant, "pipeline") != 0) {
        give_up("variant");
    }
    return command;
}
