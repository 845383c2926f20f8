/* SPDX-License-Identifier: MIT
 *
 * One spawn in a process of an unusual state, and what came of it.
 *
 *     driver VARIANT MECHANISM FLAW PROGRAMS REPORT
 *
 * VARIANT is plain, rich, search, identity, attributes, privileged, missing, crowd or late; or
 * pipeline: the program with another after it that reads, or half-pipeline: the first is missing.
 * MECHANISM auto, clone3, clone or fork; PROGRAMS the folder of tests/programs; REPORT an empty
 * file for what the program sees. FLAW is none, or a defect that this driver adds to a failed
 * spawn, as a faulty engine would, to show that it is found: leak, zombie, mask, inherit, hang.
 *
 * Prints `spawned MECHANISM REASON` or `failed CODE STEP` and a message, `changed LINE` if this
 * process is not as it was, `ran` if the program ran, `ended CODE SIGNAL`: of a pipeline, how the
 * one ended that did not end well.
 *
 * Two calls of sched_get_priority_min(2), which nothing else here makes, mark the spawn.
 */
#include <errno.h>
#include <fcntl.h>
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
#include "driver.h"

enum { DESCRIPTORS = 64, CROWD_DESCRIPTORS = 1024 };

static const char *flaw;

_Noreturn void give_up(const char *what) {
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

/* Both are as they were if it fails. */
static int spawn(const char *variant, const fx_command *command, fx_child *child, fx_child *reader,
                 fx_error *error) {
    if (!strstr(variant, "pipeline"))
        return fx_spawn(command, child, error);
    fx_command second = reader_command();
    second.mechanism = command->mechanism;
    return fx_spawn_pipeline((const fx_command *const[]){command, &second}, 2,
                             (fx_child *const[]){child, reader}, NULL, error);
}

static fx_exit end_of(fx_child *child) {
    char byte;
    fx_exit end = {.size = sizeof end};
    for (int fd = 1; fd < 3; fd++)
        while (child->stdio[fd] >= 0 && read(child->stdio[fd], &byte, 1) > 0)
            ;
    int result = fx_wait(child, -1, 0, &end);
    fx_child_close(child);
    if (result < 0)
        (void)printf("changed the wait failed: %d\n", result);
    return end;
}

static void follow(fx_child *child, fx_child *reader) {
    (void)printf("spawned %s %s\n", fx_mechanism_name(child->mechanism),
                 fx_reason_name(child->reason));
    fx_exit end = end_of(child);
    if (reader->pid > 0) {
        fx_exit other = end_of(reader);
        if (end.code == 0)
            end = other;
    }
    (void)printf("ended %d %d\n", end.code, end.signal);
}

int main(int argc, char **argv) {
    static fx_child untouched;
    if (argc != 6)
        give_up("arguments");
    flaw = argv[3];
    set_paths(argv[4], argv[5]);
    signals_to_default();
    make_unusual(strcmp(argv[1], "crowd") == 0 || strcmp(argv[1], "late") == 0);

    fx_command command = command_of(argv[1]);
    command.mechanism = mechanism_of(argv[2]);
    command.inherit_others = strcmp(flaw, "inherit") == 0;
    memset(&untouched, 0x5a, sizeof untouched);
    untouched.size = sizeof untouched;
    untouched.pid = 0;
    fx_child child = untouched, reader = untouched;
    fx_error error = {.size = sizeof error};

    char *before = parent_state();
    mark();
    int result = spawn(argv[1], &command, &child, &reader, &error);
    mark();
    if (result == 0) {
        follow(&child, &reader);
    } else {
        print_failure(&error, result);
        if (memcmp(&child, &untouched, sizeof child) != 0 ||
            memcmp(&reader, &untouched, sizeof reader) != 0)
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
