/* SPDX-License-Identifier: MIT */
#include "looking.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "state.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif
#ifndef CLONE_NEWCGROUP
#define CLONE_NEWCGROUP 0x02000000
#endif

char *look(const fx_command *asked, char *const arguments[]) {
    fx_command command = *asked;
    char *before = parent_state();
    command.argv = arguments;
    command.program = program_path(arguments[0]);
    command.stdio[1] = (fx_stdio){.kind = FX_STDIO_PIPE};
    fx_child child = start(&command);
    char *said = read_all(child.stdio[1]);
    child.stdio[1] = -1;
    fx_exit end = finish(&child);
    if (end.code != 0)
        fail_msg("it ended with %d, signal %d, after:\n%s", end.code, end.signal, said);
    assert_unchanged(before);
    free(before);
    return said;
}

bool is_superuser(void) { return geteuid() == 0; }

bool may_raise_limits(void) {
    enum { SYS_RESOURCE = 24 };
    char line[128];
    unsigned long long effective = 0;
    FILE *status = fopen("/proc/self/status", "re");
    assert_non_null(status);
    while (fgets(line, sizeof line, status))
        if (strncmp(line, "CapEff:", 7) == 0)
            effective = strtoull(line + 7, NULL, 16);
    (void)fclose(status);
    return effective >> SYS_RESOURCE & 1;
}

static const char *needs_of(const char *attribute, bool *usable) {
    fx_facility facility = {.size = sizeof facility};
    for (size_t n = 0; fx_look_up_facility(n, &facility) == 0; n++)
        if (strcmp(facility.name, attribute) == 0) {
            *usable = facility.usable;
            return facility.needs;
        }
    fail_msg("no facility %s", attribute);
    return NULL;
}

bool is_offered(const char *attribute) {
    bool usable = false;
    (void)needs_of(attribute, &usable);
    return usable;
}

bool is_lacking(const fx_command *command, const char *attribute) {
    bool usable = false;
    char message[FX_MESSAGE_MAX];
    const char *needs = needs_of(attribute, &usable);
    if (usable)
        return false;
    fx_error error = assert_fails(command, ENOTSUP, FX_STEP_COMMAND, attribute);
    (void)snprintf(message, sizeof message, "%s: this system cannot do it: it needs %s", attribute,
                   needs);
    assert_message(&error, message);
    return true;
}

static char *const idle[] = {(char *)(uintptr_t) "act", (char *)(uintptr_t) "exit",
                             (char *)(uintptr_t) "0", NULL};

fx_command idle_command(void) { return command_of(idle); }

fx_command idle_command_of_its_own(void) {
    fx_command command = command_of(idle);
    command.mechanism = forking_mechanism();
    return command;
}

const char *link_of(const char *path) {
    enum { COUNT = 8 };
    static char targets[COUNT][PATH_MAX];
    static int next;
    char *target = targets[next++ % COUNT];
    ssize_t size = readlink(path, target, PATH_MAX - 1);
    assert_true(size > 0);
    target[size] = '\0';
    return target;
}

void run_again_unprivileged(const char *own_path) {
    enum { NOBODY = 65534 };
    static const char *const programs[] = {"act", "look", "measure", "report"};
    char folder[PATH_MAX], variable[PATH_MAX + 32], path[2 * PATH_MAX];
    /* Copied to where nobody may read it, with the programs it starts. */
    char *self = realpath(own_path, NULL);
    assert_non_null(self);
    (void)snprintf(folder, sizeof folder, "%s", scratch_folder("unprivileged"));
    (void)snprintf(variable, sizeof variable, "FORKEXEC_TEST_PROGRAMS=%s", folder);
    for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "unprivileged/%s", programs[i]);
        (void)scratch_program(name, programs[i]);
    }
    scratch_helper("unprivileged");
    fx_command copy = command_of(ARGV("act"));
    copy.program = "/bin/cp";
    copy.argv = ARGV("cp", self, folder);
    assert_exits(&copy, 0);
    (void)snprintf(path, sizeof path, "%s/%s", folder, strrchr(self, '/') + 1);

    fx_command command = idle_command_of_its_own();
    command.program = path;
    command.argv = ARGV(path);
    command.user = (fx_id)FX_ID(NOBODY);
    command.group = (fx_id)FX_ID(NOBODY);
    command.groups.set = true;
    command.environment_set = (const char *[]){variable, NULL};
    assert_exits(&command, 0);
    free(self);
}

void assert_wrong(const fx_command *command, int code, const char *field, const char *reason) {
    char message[FX_MESSAGE_MAX];
    fx_error error = assert_fails(command, code, FX_STEP_COMMAND, field);
    (void)snprintf(message, sizeof message, "%s: %s", field, reason);
    assert_message(&error, message);
}

/* ---- namespaces ---- */

const struct namespace_kind namespace_kinds[NAMESPACE_KINDS] = {
    {CLONE_NEWCGROUP, "CLONE_NEWCGROUP", "/proc/self/ns/cgroup"},
    {CLONE_NEWIPC, "CLONE_NEWIPC", "/proc/self/ns/ipc"},
    {CLONE_NEWNET, "CLONE_NEWNET", "/proc/self/ns/net"},
    {CLONE_NEWNS, "CLONE_NEWNS", "/proc/self/ns/mnt"},
    {CLONE_NEWPID, "CLONE_NEWPID", "/proc/self/ns/pid"},
    {CLONE_NEWTIME, "CLONE_NEWTIME", "/proc/self/ns/time_for_children"},
    {CLONE_NEWUSER, "CLONE_NEWUSER", "/proc/self/ns/user"},
    {CLONE_NEWUTS, "CLONE_NEWUTS", "/proc/self/ns/uts"},
};

fx_command unsharing(unsigned int namespaces) {
    fx_command command = idle_command();
    command.unshare = namespaces;
    if (!is_superuser())
        command.unshare |= CLONE_NEWUSER;
    if (command.unshare & CLONE_NEWUSER)
        command.mechanism = forking_mechanism();
    leave_helper_at_birth(&command);
    return command;
}

void leave_helper_at_birth(fx_command *command) {
    const unsigned int both = CLONE_NEWUSER | CLONE_NEWPID;
    if ((command->unshare & both) == both)
        command->mechanism = callback_mechanism();
}

char *see_namespaces(const fx_command *command) {
    const char *arguments[NAMESPACE_KINDS + 2] = {"look"};
    char texts[NAMESPACE_KINDS][64];
    for (int i = 0; i < NAMESPACE_KINDS; i++) {
        (void)snprintf(texts[i], sizeof texts[i], "link=%s", namespace_kinds[i].link);
        arguments[i + 1] = texts[i];
    }
    return look(command, (char *const *)arguments);
}
