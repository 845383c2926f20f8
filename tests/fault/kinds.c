/* SPDX-License-Identifier: MIT
 *
 * A spawn of one kind, in a process that has done it before.
 *
 *     kinds KIND PROGRAM
 *
 * KIND is a row of the table below. Two calls of sched_get_priority_min(2), which nothing else here
 * makes, mark the spawn, the wait and the closing of the handle; before them, the same was done
 * once, so that what is done only once a process stays out of the picture.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../c/state.h"
#include "forkexec.h"

enum { CROWD = 700, PASSED = 3 };

static char *arguments[] = {NULL, "exit", "0", NULL, NULL};
static fx_command command = {.size = sizeof command, .argv = arguments};
static const fx_plan *plan;
static int passed[PASSED];
static bool captures;

static _Noreturn void give_up(const char *what) {
    (void)fprintf(stderr, "kinds: %s\n", what);
    exit(125);
}

static void mark(void) { (void)syscall(SYS_sched_get_priority_min, 0); }

static void drain(fx_child *child) {
    fx_child *children[] = {child};
    fx_output outputs[2] = {{.descriptor = child->stdio[1], .store = true},
                            {.descriptor = child->stdio[2], .store = true}};
    fx_drain_options options = {.size = sizeof options,
                                .children = children,
                                .child_count = 1,
                                .outputs = outputs,
                                .output_count = 2};
    fx_drain *drain;
    /* What is ready at once depends on chance as long as it runs. */
    if (fx_wait(child, -1, FX_WAIT_NO_REAP, NULL) < 0 || fx_drain_open(&options, &drain) < 0 ||
        fx_drain_run(drain, -1, 0) < 0)
        give_up("fx_drain_run");
    fx_drain_close(drain);
}

static void once(void) {
    fx_child child = {.size = sizeof child};
    fx_exit end = {.size = sizeof end};
    int result = plan ? fx_launch(plan, &child, NULL) : fx_spawn(&command, &child, NULL);
    if (result == 0 && captures)
        drain(&child);
    if (result < 0 || fx_wait(&child, -1, 0, &end) < 0 || end.code != 0)
        give_up("the program did not run");
    fx_child_close(&child);
}

static void be_plain(void) {}

static void be_a_plan(void) {
    fx_plan *made;
    if (fx_compile(&command, &made, NULL) < 0)
        give_up("fx_compile");
    plan = made;
}

static void be_without_pidfd(void) { command.without_pidfd = true; }

static void have_pipes(void) {
    for (int fd = 0; fd < 3; fd++)
        command.stdio[fd].kind = FX_STDIO_PIPE;
}

static void be_captured(void) {
    arguments[1] = "say";
    arguments[2] = "out";
    arguments[3] = "err";
    captures = true;
    command.stdio[1].kind = command.stdio[2].kind = FX_STDIO_PIPE;
}

static void be_set_up(void) {
    static char *environment[] = {"A=1", NULL};
    have_pipes();
    command.new_session = true;
    command.directory = "/";
    command.environment = environment;
}

/* None of the low numbers is free. */
static void be_crowded_late(void) {
    if (setrlimit(RLIMIT_NOFILE, &(struct rlimit){2 * CROWD, 2 * CROWD}) < 0)
        give_up("setrlimit");
    for (int i = 0; i < CROWD; i++) {
        int fd = fcntl(0, F_DUPFD_CLOEXEC, 3);
        if (fd < 0)
            give_up("F_DUPFD_CLOEXEC");
        passed[i % PASSED] = fd;
    }
}

static void be_crowded(void) {
    if (fx_reserve() < 0)
        give_up("fx_reserve");
    be_crowded_late();
}

/* The last of them, under their own numbers. */
static void keep_passed(void) {
    command.keep = passed;
    command.keep_count = PASSED;
}

static void keep_high_ones(void) {
    be_crowded();
    keep_passed();
}

static void keep_high_ones_late(void) {
    be_crowded_late();
    keep_passed();
}

static void have_a_pipe_in_a_crowd(void) {
    be_crowded();
    command.stdio[1].kind = FX_STDIO_PIPE;
}

static void inherit_others(void) { command.inherit_others = true; }

static const struct kind {
    const char *name;
    void (*prepare)(void);
} kinds[] = {
    {"plain", be_plain},
    {"plan", be_a_plan},
    {"without-pidfd", be_without_pidfd},
    {"inherit-others", inherit_others},
    {"pipes", have_pipes},
    {"captured", be_captured},
    {"set-up", be_set_up},
    {"crowd", be_crowded},
    {"crowd-pipe", have_a_pipe_in_a_crowd},
    {"crowd-kept", keep_high_ones},
    {"crowd-kept-late", keep_high_ones_late},
};

int main(int argc, char **argv) {
    if (argc != 3)
        give_up("usage: kinds KIND PROGRAM");
    arguments[0] = argv[2];
    signals_to_default();
    for (int fd = 3; fd < 1024; fd++)
        (void)close(fd);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i].name, argv[1]) != 0)
            continue;
        kinds[i].prepare();
        once();
        mark();
        once();
        mark();
        return 0;
    }
    give_up("no such kind");
}
