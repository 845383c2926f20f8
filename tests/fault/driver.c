/* SPDX-License-Identifier: MIT
 *
 * One spawn in a process of an unusual state, and what came of it.
 *
 *     driver VARIANT MECHANISM FLAW PROGRAMS REPORT
 *
 * VARIANT is plain, rich, search, identity, attributes, privileged, missing, crowd or late;
 * MECHANISM auto, clone3, clone or fork; PROGRAMS the folder of tests/programs; REPORT an empty
 * file for what the program sees. FLAW is none, or a defect that this driver adds to a failed
 * spawn, as a faulty engine would, to show that it is found: leak, zombie, mask, inherit, hang.
 *
 * Prints `spawned MECHANISM REASON` or `failed CODE STEP` and a message, `changed LINE` if this
 * process is not as it was, `ran` if the program ran, `ended CODE SIGNAL`.
 *
 * Two calls of sched_get_priority_min(2), which nothing else here makes, mark the spawn.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../c/state.h"
#include "forkexec.h"

enum { FIRST_FILE = 8, KEPT = 10, LEAKY = 12, DESCRIPTORS = 64 };

static const char *flaw;
static char program[PATH_MAX], search[PATH_MAX + 64], target[PATH_MAX + 16];
static char *arguments[] = {program, target, NULL};
static char *environment[] = {search, NULL};
static const fx_map map[] = {
    {5, FIRST_FILE}, {FIRST_FILE, FIRST_FILE + 1}, {FIRST_FILE + 1, FIRST_FILE}};
static const int kept = KEPT;
static const gid_t groups[] = {7, 8};

/* The last numbers of a crowded table. */
enum { CROWD = 80, LATE_CROWD = 260, CROWD_DESCRIPTORS = 1024 };
static int crowded[2];

static _Noreturn void give_up(const char *what) {
    (void)printf("unfit %s\n", what);
    exit(125);
}

static void handle(int number) { (void)number; }

/* What a careless engine would break: few descriptors, some that leak, signals of all sorts. */
static void make_unusual(bool crowd) {
    const rlim_t most = crowd ? CROWD_DESCRIPTORS : DESCRIPTORS;
    struct rlimit limit = {most, most};
    sigset_t mask;
    if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
        give_up("setrlimit");
    for (int fd = 3; fd < CROWD_DESCRIPTORS; fd++)
        (void)close(fd);
    for (int i = 0; i < 3; i++) {
        char path[] = "/tmp/forkexec-fault-XXXXXX";
        int fd = mkstemp(path);
        if (fd < 0 || unlink(path) < 0)
            give_up("mkstemp");
        if (fcntl(fd, F_DUPFD_CLOEXEC, FIRST_FILE + i) != FIRST_FILE + i)
            give_up("F_DUPFD_CLOEXEC");
        (void)close(fd);
    }
    if (fcntl(0, F_DUPFD, LEAKY) != LEAKY)
        give_up("F_DUPFD");
    (void)signal(SIGUSR1, handle);
    (void)signal(SIGHUP, SIG_IGN);
    (void)signal(SIGPIPE, SIG_IGN);
    (void)sigemptyset(&mask);
    (void)sigaddset(&mask, SIGUSR2);
    if (sigprocmask(SIG_SETMASK, &mask, NULL) < 0)
        give_up("sigprocmask");
}

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

static fx_command command_of(const char *variant) {
    fx_command command = {
        .size = sizeof command,
        .argv = arguments,
        .environment = environment,
        .inherit_others = strcmp(flaw, "inherit") == 0,
    };
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
    } else if (strcmp(variant, "plain") != 0) {
        give_up("variant");
    }
    return command;
}

static fx_mechanism mechanism_of(const char *name) {
    for (fx_mechanism each = FX_MECHANISM_CLONE3; each < FX_MECHANISM_COUNT; each++)
        if (strcmp(fx_mechanism_name(each), name) == 0)
            return each;
    return FX_MECHANISM_AUTO;
}

static void mark(void) { (void)syscall(SYS_sched_get_priority_min, 0); }

static void add_flaw(void) {
    if (strcmp(flaw, "leak") == 0) {
        (void)open("/dev/null", O_RDONLY | O_CLOEXEC);
    } else if (strcmp(flaw, "zombie") == 0) {
        if (fork() == 0)
            _exit(0);
    } else if (strcmp(flaw, "mask") == 0) {
        sigset_t all;
        (void)sigfillset(&all);
        (void)sigprocmask(SIG_SETMASK, &all, NULL);
    } else if (strcmp(flaw, "hang") == 0) {
        (void)pause();
    }
}

static void print_failure(const fx_error *error, int result) {
    char text[FX_MESSAGE_MAX];
    (void)fx_error_message(error, text, sizeof text);
    (void)printf("failed %d %s\nmessage %s\n", -error->code, fx_step_name(error->step), text);
    if (result != error->code)
        (void)printf("changed the result is %d\n", result);
}

static void follow(fx_child *child) {
    char byte;
    fx_exit end = {.size = sizeof end};
    (void)printf("spawned %s %s\n", fx_mechanism_name(child->mechanism),
                 fx_reason_name(child->reason));
    for (int fd = 1; fd < 3; fd++)
        while (child->stdio[fd] >= 0 && read(child->stdio[fd], &byte, 1) > 0)
            ;
    int result = fx_wait(child, -1, 0, &end);
    fx_child_close(child);
    if (result < 0)
        (void)printf("changed the wait failed: %d\n", result);
    (void)printf("ended %d %d\n", end.code, end.signal);
}

int main(int argc, char **argv) {
    static fx_child untouched;
    if (argc != 6)
        give_up("arguments");
    flaw = argv[3];
    (void)snprintf(program, sizeof program, "%s/report", argv[4]);
    (void)snprintf(search, sizeof search, "PATH=/nonexistent:/etc/passwd:%s:/tmp", argv[4]);
    (void)snprintf(target, sizeof target, "report-to=%s", argv[5]);
    signals_to_default();
    make_unusual(strcmp(argv[1], "crowd") == 0 || strcmp(argv[1], "late") == 0);

    fx_command command = command_of(argv[1]);
    command.mechanism = mechanism_of(argv[2]);
    memset(&untouched, 0x5a, sizeof untouched);
    untouched.size = sizeof untouched;
    fx_child child = untouched;
    fx_error error = {.size = sizeof error};

    char *before = parent_state();
    mark();
    int result = fx_spawn(&command, &child, &error);
    mark();
    if (result == 0) {
        follow(&child);
    } else {
        print_failure(&error, result);
        if (memcmp(&child, &untouched, sizeof child) != 0)
            (void)printf("changed the handle of the child\n");
        add_flaw();
    }
    char *after = parent_state();
    const char *difference = state_difference(before, after);
    if (difference)
        (void)printf("changed %.*s\n", (int)strcspn(difference, "\n"), difference);
    struct stat status;
    if (stat(argv[5], &status) < 0 || status.st_size > 0)
        (void)printf("ran\n");
    free(before);
    free(after);
    return 0;
}
