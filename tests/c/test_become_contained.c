/* SPDX-License-Identifier: MIT
 *
 * Becoming a command, and applying attributes, where Linux contains a process: what a parent would
 * do for a child has to be done without one.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "looking.h"

enum { UNEXPECTED = 119 };
#define NEW_USER 0x10000000U
#define NEW_PID 0x20000000U

static int status_of(pid_t pid) {
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

/* What `look` says that a process became with this command. */
static char *become_look(const fx_command *asked, char *const arguments[]) {
    int said[2];
    new_pipe(said);
    fx_command command = *asked;
    command.program = program_path("look");
    command.argv = arguments;
    command.stdio[1] = (fx_stdio){.kind = FX_STDIO_DESCRIPTOR, .descriptor = said[1]};
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        fx_error error = {.size = sizeof error};
        char text[FX_MESSAGE_MAX];
        (void)fx_exec(&command, &error);
        (void)fx_error_message(&error, text, sizeof text);
        (void)write(said[1], text, strlen(text));
        _exit(UNEXPECTED);
    }
    (void)close(said[1]);
    char *text = read_all(said[0]);
    int status = status_of(pid);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail_msg("%s", text);
    return text;
}

static fx_command with_maps(void) {
    static fx_id_map users, groups;
    fx_command command = idle_command();
    users = (fx_id_map){.inside = 0, .outside = geteuid(), .count = 1};
    groups = (fx_id_map){.inside = 0, .outside = getegid(), .count = 1};
    command.mechanism = forking_mechanism();
    command.unshare = NEW_USER;
    command.uid_map = &users;
    command.uid_map_count = 1;
    command.gid_map = &groups;
    command.gid_map_count = 1;
    return command;
}

/* Not every kernel lets everybody; where there is none it cannot even be compiled. */
static bool may_map(void) {
    fx_command command = with_maps();
    fx_child child = {.size = sizeof child};
    if (fx_spawn(&command, &child, NULL) < 0)
        return false;
    (void)finish(&child);
    return true;
}

static void id_maps_are_written_from_outside(void **state) {
    (void)state;
    if (!may_map())
        return;
    fx_command command = with_maps();
    char *seen = become_look(&command, ARGV("look", "ids", "link=/proc/self/ns/user"));
    assert_saw(seen, "user 0 0 0");
    assert_saw(seen, "group 0 0 0");
    assert_not_saw(seen, "/proc/self/ns/user: %s", link_of("/proc/self/ns/user"));
    free(seen);
}

static int apply_maps(void) {
    fx_command command = with_maps();
    if (fx_apply(&command, NULL, NULL, NULL) < 0 || getuid() != 0 || getgid() != 0)
        return 1;
    /* Nobody is left for this process to wait for. */
    return waitpid(-1, NULL, 0) == -1 && errno == ECHILD ? 0 : 2;
}

static void who_writes_them_is_no_child(void **state) {
    (void)state;
    if (!may_map())
        return;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(apply_maps());
    int status = status_of(pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

static void nobody_enters_a_pid_namespace(void **state) {
    (void)state;
    fx_command command = idle_command();
    fx_error error = {.size = sizeof error};
    command.unshare = NEW_PID;
    if (is_lacking(&command, "unshare"))
        return;
    assert_int_equal(fx_exec(&command, &error), -ENOTSUP);
    assert_int_equal(error.step, FX_STEP_COMMAND);
    assert_message(&error,
                   "unshare: a process can only be born into a pid namespace, and not enter "
                   "one itself");
    assert_int_equal(fx_apply(&command, NULL, NULL, &error), -ENOTSUP);
    assert_string_equal(error.subject, "unshare");
}

static void confinement_is_the_programs(void **state) {
    (void)state;
    fx_command command = idle_command();
    command.no_new_privs = true;
    if (is_lacking(&command, "no_new_privs"))
        return;
    char *seen = become_look(&command, ARGV("look", "confinement"));
    assert_saw(seen, "no_new_privs 1");
    free(seen);
}

static void another_user(void **state) {
    (void)state;
    if (!is_superuser())
        return;
    fx_command command = idle_command();
    command.mechanism = forking_mechanism();
    command.user = command.group = (fx_id)FX_ID(54321);
    command.groups.set = true;
    char *seen = become_look(&command, ARGV("look", "ids"));
    assert_saw(seen, "user 54321 54321 54321");
    free(seen);
}

/* ---- the parent's death ---- */

static _Noreturn void be_parent(const fx_command *command, int told, bool applies) {
    char byte;
    pid_t pid = fork();
    if (pid == 0) {
        if (!applies)
            (void)fx_exec(command, NULL);
        else if (fx_apply(command, NULL, NULL, NULL) == 0)
            (void)execv(program_path("act"), command->argv);
        _exit(UNEXPECTED);
    }
    (void)write(told, &pid, sizeof pid);
    (void)read(0, &byte, 0);
    for (;;)
        (void)pause();
}

/* What the child says once it is what it is to be, and what it lives for. */
static void assert_dies_with_parent(bool applies) {
    static char *const stubborn[] = {(char *)(uintptr_t) "act", (char *)(uintptr_t) "stubborn",
                                     NULL};
    int told[2], said[2], input[2];
    char ready[5];
    pid_t child;
    fx_command command = command_of(stubborn);
    command.death_signal = SIGKILL;
    if (is_lacking(&command, "death_signal"))
        return;
    new_pipe(told);
    new_pipe(said);
    new_pipe(input);
    pid_t parent = fork();
    assert_true(parent >= 0);
    if (parent == 0) {
        (void)dup2(input[0], 0);
        (void)dup2(said[1], 1);
        be_parent(&command, told[1], applies);
    }
    (void)close(said[1]);
    assert_int_equal(read(told[0], &child, sizeof child), sizeof child);
    assert_int_equal(read(said[0], ready, sizeof ready), sizeof ready);
    assert_memory_equal(ready, "ready", sizeof ready);
    assert_int_equal(kill(parent, SIGKILL), 0);
    (void)status_of(parent);
    int status = status_of(child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGKILL);
    (void)close(said[0]);
    for (int i = 0; i < 2; i++) {
        (void)close(told[i]);
        (void)close(input[i]);
    }
}

static void the_death_signal_is_for_the_parent_of_this_process(void **state) {
    (void)state;
    assert_dies_with_parent(false);
    assert_dies_with_parent(true);
}

static int begin(void **state) {
    return prctl(PR_SET_CHILD_SUBREAPER, 1L) < 0 ? -1 : begin_group(state);
}

/* As a subreaper it inherits those that wrote id maps. */
static int end(void **state) {
    while (waitpid(-1, NULL, 0) > 0)
        ;
    return end_group(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(id_maps_are_written_from_outside),
        cmocka_unit_test(who_writes_them_is_no_child),
        cmocka_unit_test(nobody_enters_a_pid_namespace),
        cmocka_unit_test(confinement_is_the_programs),
        cmocka_unit_test(another_user),
        cmocka_unit_test(the_death_signal_is_for_the_parent_of_this_process),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
