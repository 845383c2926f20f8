/* SPDX-License-Identifier: MIT
 *
 * A filter of system calls, and the privilege that it and Landlock need.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>

#include "looking.h"

#define LOAD_NUMBER BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))
#define ANSWER(what) BPF_STMT(BPF_RET | BPF_K, (what))
#define SKIP_UNLESS(number, count) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, (count))
#define FORBIDDING(number, what)                                                                   \
    { LOAD_NUMBER, SKIP_UNLESS((number), 1), ANSWER(what), ANSWER(SECCOMP_RET_ALLOW) }

enum { SOME_ERROR = 77 };
static const struct sock_filter allowing[] = {ANSWER(SECCOMP_RET_ALLOW)};
static const struct sock_filter forbidding[] =
    FORBIDDING(SYS_getppid, SECCOMP_RET_ERRNO | SOME_ERROR);

/* Where this program is. */
static const char *own_path;

static void filter_with(fx_command *command, const struct sock_filter *program, size_t size) {
    command->seccomp = program;
    command->seccomp_size = size;
}

static void a_filter_is_in_force(void **state) {
    (void)state;
    fx_command command = idle_command();
    command.no_new_privs = true;
    filter_with(&command, forbidding, sizeof forbidding);
    if (is_lacking(&command, "no_new_privs"))
        return;
    char *said = LOOK(&command, "parent", "confinement");
    assert_saw(said, "parent errno %d", SOME_ERROR);
    assert_saw(said, "no_new_privs 1");
    assert_saw(said, "seccomp %d", SECCOMP_MODE_FILTER);
    free(said);
}

static void the_superuser_needs_no_more(void **state) {
    (void)state;
    fx_command command = idle_command();
    filter_with(&command, allowing, sizeof allowing);
    if (is_lacking(&command, "seccomp"))
        return;
    if (!is_superuser()) {
        fx_error error = assert_fails(&command, EPERM, FX_STEP_COMMAND, "seccomp");
        assert_message(&error, "seccomp: needs no_new_privs, or CAP_SYS_ADMIN as the user that the "
                               "child is by then");
        return;
    }
    char *said = LOOK(&command, "confinement");
    assert_saw(said, "no_new_privs 0");
    assert_saw(said, "seccomp %d", SECCOMP_MODE_FILTER);
    free(said);
}

/* gotcha 40: it comes after the identity, which takes the privilege */
static void another_user_needs_no_new_privs(void **state) {
    (void)state;
    fx_command command = idle_command_of_its_own();
    filter_with(&command, allowing, sizeof allowing);
    command.user = (fx_id)FX_ID(65534);
    command.groups.set = true;
    if (is_lacking(&command, "seccomp"))
        return;
    (void)assert_fails(&command, EPERM, FX_STEP_COMMAND, "seccomp");
    command.no_new_privs = true;
    if (!is_superuser())
        command.user.set = command.groups.set = false;
    char *said = LOOK(&command, "confinement", "ids");
    assert_saw(said, "seccomp %d", SECCOMP_MODE_FILTER);
    assert_saw(said, "user 65534 65534 65534");
    free(said);
}

static void a_wrong_program_is_refused(void **state) {
    (void)state;
    static const struct sock_filter wrong[] = {{.code = 0xffff}};
    fx_command command = idle_command();
    command.no_new_privs = true;
    filter_with(&command, wrong, sizeof wrong);
    if (is_lacking(&command, "no_new_privs"))
        return;
    fx_error error = assert_fails(&command, EINVAL, FX_STEP_SECCOMP, "1 instruction");
    assert_message(&error, "seccomp(1 instruction): Invalid argument");
}

static void exec_may_be_forbidden(void **state) {
    (void)state;
    static const struct sock_filter refusing[] = FORBIDDING(SYS_execve, SECCOMP_RET_ERRNO | EACCES);
    static const struct sock_filter killing[] = FORBIDDING(SYS_execve, SECCOMP_RET_KILL_PROCESS);
    fx_command command = idle_command();
    command.no_new_privs = true;
    filter_with(&command, refusing, sizeof refusing);
    if (is_lacking(&command, "no_new_privs"))
        return;
    (void)assert_fails(&command, EACCES, FX_STEP_EXEC, NULL);
    filter_with(&command, killing, sizeof killing);
    fx_child child = {.size = sizeof child};
    fx_error error = {.size = sizeof error};
    int result = fx_spawn(&command, &child, &error);
    /* A child on memory of its own has said by then that it is about to. */
    if (result == 0)
        assert_int_equal(finish(&child).signal, SIGSYS);
    else
        assert_int_equal(result, -ECANCELED);
}

static void it_may_be_skipped(void **state) {
    (void)state;
    static const fx_step may[] = {FX_STEP_SECCOMP};
    static const struct sock_filter wrong[] = {{.code = 0xffff}};
    fx_command command = idle_command();
    command.no_new_privs = true;
    command.best_effort = may;
    command.best_effort_count = 1;
    filter_with(&command, wrong, sizeof wrong);
    if (is_lacking(&command, "no_new_privs"))
        return;
    fx_child child = start(&command);
    assert_int_equal(child.skipped_count, 1);
    assert_int_equal(child.skipped[0].step, FX_STEP_SECCOMP);
    assert_int_equal(child.skipped[0].code, -EINVAL);
    assert_int_equal(finish(&child).code, 0);
    /* And where nothing but a privilege is missing. */
    command.no_new_privs = false;
    filter_with(&command, allowing, sizeof allowing);
    child = start(&command);
    assert_int_equal(child.skipped_count, is_superuser() ? 0 : 1);
    assert_int_equal(finish(&child).code, 0);
}

static void what_is_no_program_is_not_compiled(void **state) {
    (void)state;
    static const struct sock_filter long_one[4097];
    fx_command command = idle_command();
    command.no_new_privs = true;
    filter_with(&command, allowing, sizeof allowing - 1);
    fx_error error = assert_fails(&command, EINVAL, FX_STEP_COMMAND, "seccomp");
    assert_message(&error, "seccomp: 7 bytes are no number of instructions of 8 bytes");
    filter_with(&command, long_one, sizeof long_one);
    error = assert_fails(&command, E2BIG, FX_STEP_COMMAND, "seccomp");
    assert_message(&error, "seccomp: 4097 instructions are more than the 4096 allowed");
    filter_with(&command, NULL, 8);
    (void)assert_fails(&command, EINVAL, FX_STEP_COMMAND, "seccomp");
    filter_with(&command, allowing, 0);
    (void)assert_fails(&command, EINVAL, FX_STEP_COMMAND, "seccomp");
}

static void unprivileged_as_well(void **state) {
    (void)state;
    if (is_superuser() && is_offered("seccomp"))
        run_again_unprivileged(own_path);
}

int main(int argc, char **argv) {
    own_path = argc > 0 ? argv[0] : "";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_filter_is_in_force),
        cmocka_unit_test(the_superuser_needs_no_more),
        cmocka_unit_test(another_user_needs_no_new_privs),
        cmocka_unit_test(a_wrong_program_is_refused),
        cmocka_unit_test(exec_may_be_forbidden),
        cmocka_unit_test(it_may_be_skipped),
        cmocka_unit_test(what_is_no_program_is_not_compiled),
        cmocka_unit_test(unprivileged_as_well),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
