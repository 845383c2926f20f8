/* SPDX-License-Identifier: MIT
 *
 * What is left of containment: privileges of set-id programs, labels, personality.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "looking.h"

/* ---- no_new_privs ---- */

static void no_new_privs_is_set(void **state) {
    (void)state;
    fx_command command = idle_command();
    char *said = NULL;
    command.no_new_privs = true;
    if (is_lacking(&command, "no_new_privs"))
        return;
    said = LOOK(&command, "confinement");
    assert_saw(said, "no_new_privs 1");
    assert_saw(said, "seccomp %d", prctl(PR_GET_SECCOMP, 0, 0, 0, 0));
    free(said);
    command.no_new_privs = false;
    said = LOOK(&command, "confinement");
    assert_saw(said, "no_new_privs 0");
    free(said);
}

/* ---- personality ---- */

static void personality_is_set(void **state) {
    (void)state;
    fx_command command = idle_command();
    command.personality = (fx_count)FX_COUNT(ADDR_NO_RANDOMIZE | UNAME26);
    if (is_lacking(&command, "personality"))
        return;
    char *said = LOOK(&command, "personality");
    assert_saw(said, "personality 0x%x", ADDR_NO_RANDOMIZE | UNAME26);
    free(said);
    command.personality = (fx_count)FX_COUNT(0);
    said = LOOK(&command, "personality");
    assert_saw(said, "personality 0x0");
    free(said);
}

static void what_is_no_personality_is_not_compiled(void **state) {
    (void)state;
    fx_command command = idle_command();
    command.personality = (fx_count)FX_COUNT(0xffffffff);
    fx_error error = assert_fails(&command, EINVAL, FX_STEP_COMMAND, "personality");
    assert_message(&error, "personality: 0xffffffff is none");
    command.personality = (fx_count)FX_COUNT(1ULL << 32);
    (void)assert_fails(&command, EINVAL, FX_STEP_COMMAND, "personality");
}

/* ---- labels ---- */

static void a_label_needs_its_module(void **state) {
    (void)state;
    fx_command command = idle_command();
    command.apparmor_profile = "job";
    if (!is_lacking(&command, "apparmor_profile"))
        (void)assert_fails(&command, ENOENT, FX_STEP_APPARMOR, "\"job\"");
    command.apparmor_profile = NULL;
    command.selinux_context = "no context at all";
    if (!is_lacking(&command, "selinux_context"))
        (void)assert_fails(&command, EINVAL, FX_STEP_SELINUX, "\"no context at all\"");
}

static void an_empty_label_is_not_compiled(void **state) {
    (void)state;
    fx_command command = idle_command();
    command.apparmor_profile = "";
    fx_error error = assert_fails(&command, EINVAL, FX_STEP_COMMAND, "apparmor_profile");
    assert_message(&error, "apparmor_profile: is empty");
    command.apparmor_profile = NULL;
    command.selinux_context = "";
    (void)assert_fails(&command, EINVAL, FX_STEP_COMMAND, "selinux_context");
}

static void a_label_may_be_skipped(void **state) {
    (void)state;
    static const fx_step may[] = {FX_STEP_APPARMOR, FX_STEP_SELINUX};
    fx_command command = idle_command();
    command.apparmor_profile = "no such profile";
    command.selinux_context = "no context at all";
    command.best_effort = may;
    command.best_effort_count = 2;
    fx_child child = start(&command);
    assert_int_equal(child.skipped_count, 2);
    assert_int_equal(child.skipped[0].step, FX_STEP_APPARMOR);
    assert_int_equal(child.skipped[1].step, FX_STEP_SELINUX);
    if (!is_offered("selinux_context"))
        assert_int_equal(child.skipped[1].code, -ENOTSUP);
    assert_int_equal(finish(&child).code, 0);
}

/* ---- labels, where /proc says that there are such modules ---- */

static bool put(const char *path, const char *content) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool done = fd >= 0 && write(fd, content, strlen(content)) == (ssize_t)strlen(content);
    return fd >= 0 && close(fd) == 0 && done;
}

static bool has(const char *path, const char *content) {
    char found[256] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t size = fd < 0 ? -1 : read(fd, found, sizeof found - 1);
    if (fd >= 0)
        (void)close(fd);
    return size == (ssize_t)strlen(content) && memcmp(found, content, strlen(content)) == 0;
}

/* A /proc of plain files, for this process alone. */
static bool pretend(void) {
    return unshare(CLONE_NEWNS) == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("none", "/proc", "tmpfs", 0, NULL) == 0 && mkdir("/proc/self", 0700) == 0 &&
           mkdir("/proc/self/attr", 0700) == 0 && mkdir("/proc/self/attr/apparmor", 0700) == 0 &&
           put("/proc/filesystems", "nodev\ttmpfs\nnodev\tselinuxfs\n") &&
           put("/proc/self/attr/exec", "") && put("/proc/self/attr/apparmor/exec", "") &&
           put("/proc/self/attr/apparmor/current", "unconfined\n");
}

/* 0 if it was started and ended well; else where it failed. */
static int spawn_labelled(const fx_command *command) {
    fx_child child = {.size = sizeof child};
    fx_error error = {.size = sizeof error};
    fx_exit end = {.size = sizeof end};
    if (fx_spawn(command, &child, &error) < 0)
        return (int)error.step;
    bool well = fx_wait(&child, -1, 0, &end) == 0 && end.code == 0 && child.skipped_count == 0;
    fx_child_close(&child);
    return well ? 0 : FX_STEP_EXEC;
}

/* Which of its expectations fails; 0 if none does. No assertion may leave a forked process. */
static int labels_are_written(void) {
    fx_command command = idle_command();
    if (!pretend())
        return 1;
    command.apparmor_profile = "job";
    if (spawn_labelled(&command) != 0 || !has("/proc/self/attr/apparmor/exec", "exec job"))
        return 2;
    if (!has("/proc/self/attr/exec", ""))
        return 3;
    command.apparmor_profile = NULL;
    command.selinux_context = "user:role:type:s0";
    if (spawn_labelled(&command) != 0 || !has("/proc/self/attr/exec", "user:role:type:s0"))
        return 4;
    /* Before Linux 5.8. */
    command.selinux_context = NULL;
    command.apparmor_profile = "x";
    if (unlink("/proc/self/attr/apparmor/exec") < 0 || !put("/proc/self/attr/exec", "") ||
        spawn_labelled(&command) != 0 || !has("/proc/self/attr/exec", "exec x"))
        return 5;
    if (unlink("/proc/self/attr/exec") < 0 || spawn_labelled(&command) != FX_STEP_APPARMOR)
        return 6;
    command.selinux_context = "user:role:type:s0";
    command.apparmor_profile = NULL;
    return spawn_labelled(&command) == FX_STEP_SELINUX ? 0 : 7;
}

static void a_label_is_written(void **state) {
    (void)state;
    int status = 0;
    if (!is_superuser() || !is_offered("no_new_privs"))
        skip();
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(labels_are_written());
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_new_privs_is_set),
        cmocka_unit_test(personality_is_set),
        cmocka_unit_test(what_is_no_personality_is_not_compiled),
        cmocka_unit_test(a_label_needs_its_module),
        cmocka_unit_test(an_empty_label_is_not_compiled),
        cmocka_unit_test(a_label_may_be_skipped),
        cmocka_unit_test(a_label_is_written),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
