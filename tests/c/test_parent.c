/* SPDX-License-Identifier: MIT
 *
 * What starting a child does not do to this process. Every other test compares it before and
 * after as well; here it is in an unusual state.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "state.h"
#include "support.h"

static volatile sig_atomic_t handled;

static void count(int number) {
    (void)number;
    handled++;
}

/* Children that end well, at each kind of failure, and with everything asked for at once. */
static void start_all_sorts(void) {
    fx_command good = command_of(ARGV("act", "exit", "2"));
    good.new_session = true;
    good.umask = (fx_number)FX_NUMBER(077);
    good.directory = "/";
    good.map = (fx_map[]){{4, 1}, {5, 0}};
    good.map_count = 2;
    for (int fd = 0; fd < 3; fd++)
        good.stdio[fd].kind = FX_STDIO_PIPE;
    assert_exits(&good, 2);
    fx_command bad = good;
    bad.program = "/nonexistent/program";
    (void)assert_fails(&bad, ENOENT, FX_STEP_EXEC, NULL);
    bad = good;
    bad.directory = "/nonexistent";
    (void)assert_fails(&bad, ENOENT, FX_STEP_CHDIR, NULL);
    bad = good;
    bad.new_session = false;
    bad.process_group = (fx_number)FX_NUMBER(1);
    (void)assert_fails(&bad, EPERM, FX_STEP_SETPGID, NULL);
    bad = good;
    bad.argv = NULL;
    (void)assert_fails(&bad, EINVAL, FX_STEP_COMMAND, NULL);
}

static void a_usual_one(void **state) {
    (void)state;
    start_all_sorts();
}

static void one_with_blocked_and_handled_signals(void **state) {
    (void)state;
    struct sigaction action = {.sa_handler = count, .sa_flags = SA_NODEFER}, before[3];
    static const int numbers[3] = {SIGUSR1, SIGTERM, SIGCHLD};
    sigset_t mask, saved;
    (void)sigfillset(&action.sa_mask);
    (void)sigfillset(&mask);
    (void)sigdelset(&mask, SIGSEGV);
    for (int i = 0; i < 3; i++)
        assert_int_equal(sigaction(numbers[i], &action, &before[i]), 0);
    assert_int_equal(sigprocmask(SIG_SETMASK, &mask, &saved), 0);
    start_all_sorts();
    assert_int_equal(sigprocmask(SIG_SETMASK, &saved, NULL), 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(sigaction(numbers[i], &before[i], NULL), 0);
}

/* The library has no handler for SIGCHLD, and leaves that of the program to its own work. */
static void one_with_a_sigchld_handler(void **state) {
    (void)state;
    struct sigaction action = {.sa_handler = count}, before;
    (void)sigemptyset(&action.sa_mask);
    assert_int_equal(sigaction(SIGCHLD, &action, &before), 0);
    handled = 0;
    fx_command command = command_of(ARGV("act", "exit", "2"));
    fx_child child = start(&command);
    assert_int_equal(finish(&child).code, 2);
    assert_int_equal(handled, 1);
    start_all_sorts();
    assert_int_equal(sigaction(SIGCHLD, &before, NULL), 0);
}

static void one_with_other_children(void **state) {
    (void)state;
    fx_command other = command_of(ARGV("act", "exit", "11"));
    fx_child child = start(&other);
    siginfo_t info;
    assert_int_equal(waitid(P_PID, (id_t)child.pid, &info, WEXITED | WNOWAIT), 0);
    start_all_sorts();
    /* Ended long ago, and still there to be reaped by who made it. */
    assert_int_equal(finish(&child).code, 11);
}

/* gotcha 1: dumpable is in the memory map that a child may share */
static void one_that_is_not_dumpable(void **state) {
    (void)state;
#ifdef __linux__
    assert_int_equal(prctl(PR_SET_DUMPABLE, 0), 0);
    start_all_sorts();
    assert_int_equal(prctl(PR_GET_DUMPABLE), 0);
    assert_int_equal(prctl(PR_SET_DUMPABLE, 1), 0);
#else
    start_all_sorts();
#endif
}

static void dumpable_survives_an_identity_change(void **state) {
    (void)state;
    if (geteuid() != 0)
        return;
    fx_command command = command_of(NULL);
    command.mechanism = forking_mechanism();
    command.user = (fx_id)FX_ID(54321);
    command.groups.set = true;
    /* Its state is compared by this: */
    free(see(&command));
}

static void one_without_a_directory(void **state) {
    (void)state;
    int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const char *folder = scratch_folder("gone");
    assert_int_equal(chdir(folder), 0);
    assert_int_equal(rmdir(folder), 0);
    start_all_sorts();
    assert_int_equal(fchdir(here), 0);
    (void)close(here);
}

/* errno is kept on success. */
static void errno_is_kept(void **state) {
    (void)state;
    fx_command command = command_of(ARGV("act", "exit", "0"));
    fx_child child = {.size = sizeof child};
    fx_exit end = {.size = sizeof end};
    fx_plan *plan;
    errno = EXDEV;
    assert_int_equal(fx_spawn(&command, &child, NULL), 0);
    assert_int_equal(errno, EXDEV);
    assert_int_equal(fx_signal(&child, 0), 0);
    assert_int_equal(errno, EXDEV);
    assert_int_equal(fx_wait(&child, 60000, 0, &end), 0);
    assert_int_equal(errno, EXDEV);
    fx_child_close(&child);
    assert_int_equal(errno, EXDEV);
    assert_int_equal(fx_compile(&command, &plan, NULL), 0);
    fx_plan_free(plan);
    assert_int_equal(errno, EXDEV);
}

/* The control: what is looked at does show the changes that matter. */
static void a_change_would_be_seen(void **state) {
    (void)state;
    char *before = parent_state();
    int leaked = new_file();
    char *after = parent_state();
    assert_non_null(state_difference(before, after));
    free(after);
    (void)close(leaked);

    mode_t mask = umask(0123);
    after = parent_state();
    assert_non_null(state_difference(before, after));
    free(after);
    (void)umask(mask);

    sigset_t set, saved;
    (void)sigfillset(&set);
    assert_int_equal(sigprocmask(SIG_SETMASK, &set, &saved), 0);
    after = parent_state();
    assert_int_equal(sigprocmask(SIG_SETMASK, &saved, NULL), 0);
    assert_non_null(state_difference(before, after));
    free(after);

    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    after = parent_state();
    assert_non_null(state_difference(before, after));
    free(after);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    assert_unchanged(before);
    free(before);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_usual_one),
        cmocka_unit_test(one_with_blocked_and_handled_signals),
        cmocka_unit_test(one_with_a_sigchld_handler),
        cmocka_unit_test(one_with_other_children),
        cmocka_unit_test(one_that_is_not_dumpable),
        cmocka_unit_test(dumpable_survives_an_identity_change),
        cmocka_unit_test(one_without_a_directory),
        cmocka_unit_test(errno_is_kept),
        cmocka_unit_test(a_change_would_be_seen),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
