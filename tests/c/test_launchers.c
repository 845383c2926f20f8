/* SPDX-License-Identifier: MIT
 *
 * Children with a death signal are made by threads of the library's own. Nobody can tell: what they
 * inherit of a thread is the calling one's.
 */
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "launching.h"
#include "looking.h"

/* ---- what a thread has changed for itself ---- */

struct change {
    void (*make)(void);
    char *const *arguments;
    char *seen;
};

static void *look_from_thread(void *argument) {
    struct change *change = argument;
    fx_command command = mortal_command();
    change->make();
    change->seen = look(&command, change->arguments);
    return NULL;
}

/* What the child of a thread sees after this change; and then the children of this one. */
static char *see_changed(void (*make)(void), char *const arguments[], char **unchanged) {
    struct change change = {.make = make, .arguments = arguments};
    fx_command command = mortal_command();
    pthread_t thread;
    /* There is a launcher that would do, but for the change. */
    assert_exits(&command, 0);
    assert_int_equal(pthread_create(&thread, NULL, look_from_thread, &change), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    *unchanged = look(&command, arguments);
    return change.seen;
}

static int nice_in(const char *stat) {
    const char *at = strrchr(stat, ')') + 1;
    /* The 19th field; the third follows the name. */
    for (int field = 2; field < 18; field++)
        at = strchr(at + 1, ' ');
    return atoi(at);
}

static void be_nicer(void) { assert_int_equal(setpriority(PRIO_PROCESS, (id_t)gettid(), 7), 0); }

static void a_thread_with_another_nice(void **state) {
    (void)state;
    if (!has_death_signal())
        return;
    char *usual, *seen = see_changed(be_nicer, ARGV("look", "file=/proc/self/stat"), &usual);
    assert_int_equal(nice_in(seen), 7);
    assert_int_not_equal(nice_in(usual), 7);
    free(usual);
    free(seen);
}

/* The processors that this test may use. */
static cpu_set_t usual_cpus;
static size_t last_cpu;

static void use_last_cpu(void) {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(last_cpu, &one);
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
}

static void a_thread_with_other_processors(void **state) {
    (void)state;
    assert_int_equal(sched_getaffinity(0, sizeof usual_cpus, &usual_cpus), 0);
    for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, &usual_cpus))
            last_cpu = cpu;
    if (!has_death_signal() || CPU_COUNT(&usual_cpus) < 2)
        return;
    char *usual, *seen = see_changed(use_last_cpu, ARGV("look", "file=/proc/self/status"), &usual);
    assert_saw(seen, "/proc/self/status: Cpus_allowed_list:\t%zu", last_cpu);
    assert_not_saw(usual, "/proc/self/status: Cpus_allowed_list:\t%zu", last_cpu);
    free(usual);
    free(seen);
}

static void have_other_slack(void) { assert_int_equal(prctl(PR_SET_TIMERSLACK, 123456L), 0); }

static void a_thread_with_another_timer_slack(void **state) {
    (void)state;
    if (!has_death_signal())
        return;
    char *usual;
    char *seen =
        see_changed(have_other_slack, ARGV("look", "file=/proc/self/timerslack_ns"), &usual);
    assert_saw(seen, "/proc/self/timerslack_ns: 123456");
    assert_not_saw(usual, "/proc/self/timerslack_ns: 123456");
    free(usual);
    free(seen);
}

static void have_another_host(void) {
    assert_int_equal(unshare(CLONE_NEWUTS), 0);
    assert_int_equal(sethostname("elsewhere", 9), 0);
}

static void a_thread_in_another_namespace(void **state) {
    (void)state;
    if (!has_death_signal() || !is_superuser())
        return;
    char *usual, *seen = see_changed(have_another_host, ARGV("look", "host"), &usual);
    assert_saw(seen, "host elsewhere");
    assert_not_saw(usual, "host elsewhere");
    free(usual);
    free(seen);
}

static void be_elsewhere(void) {
    assert_int_equal(unshare(CLONE_FS), 0);
    assert_int_equal(chdir("/proc"), 0);
}

static void a_thread_in_another_directory(void **state) {
    (void)state;
    /* Another thread with the same profile has been there before. */
    if (!has_death_signal() || syscall(SYS_kcmp, getpid(), getpid(), 3, 0, 0) < 0)
        return;
    char *usual, *seen = see_changed(be_elsewhere, ARGV("look", "link=/proc/self/cwd"), &usual);
    assert_saw(seen, "/proc/self/cwd: /proc");
    assert_not_saw(usual, "/proc/self/cwd: /proc");
    free(usual);
    free(seen);
}

static void be_somebody(void) {
    /* Raw: libc's would change all threads. */
    assert_int_equal(syscall(SYS_setgroups, 0, NULL), 0);
    assert_int_equal(syscall(SYS_setresgid, 54321, 54321, 54321), 0);
    assert_int_equal(syscall(SYS_setresuid, 54321, 54321, 54321), 0);
}

static void a_thread_of_another_user(void **state) {
    (void)state;
    if (!has_death_signal() || !is_superuser())
        return;
    char *usual, *seen = see_changed(be_somebody, ARGV("look", "ids"), &usual);
    assert_saw(seen, "user 54321 54321 54321");
    assert_saw(seen, "group 54321 54321 54321");
    assert_not_saw(usual, "user 54321 54321 54321");
    /* The kernel takes that from the memory of all threads. */
    assert_int_equal(prctl(PR_SET_DUMPABLE, 1L), 0);
    free(usual);
    free(seen);
}

static void gain_nothing(void) { assert_int_equal(prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L), 0); }

static void a_confined_thread_has_one_of_its_own(void **state) {
    (void)state;
    if (!has_death_signal())
        return;
    char *usual, *seen = see_changed(gain_nothing, ARGV("look", "confinement"), &usual);
    int before = count_launchers();
    assert_saw(seen, "no_new_privs 1");
    assert_saw(usual, "no_new_privs 0");
    free(usual);
    free(seen);
    /* It ends with its child. */
    seen = see_changed(gain_nothing, ARGV("look", "confinement"), &usual);
    while (count_launchers() > before)
        (void)sched_yield();
    free(usual);
    free(seen);
}

static void block_one(void) {
    sigset_t mask;
    (void)sigemptyset(&mask);
    (void)sigaddset(&mask, SIGUSR2);
    assert_int_equal(pthread_sigmask(SIG_SETMASK, &mask, NULL), 0);
}

static void the_mask_is_the_calling_threads(void **state) {
    (void)state;
    if (!has_death_signal())
        return;
    char *usual, *seen = see_changed(block_one, ARGV("look", "file=/proc/self/status"), &usual);
    assert_saw(seen, "/proc/self/status: SigBlk:\t%016llx", 1ULL << (SIGUSR2 - 1));
    free(usual);
    free(seen);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thread_with_another_nice),
        cmocka_unit_test(a_thread_with_other_processors),
        cmocka_unit_test(a_thread_with_another_timer_slack),
        cmocka_unit_test(a_thread_in_another_namespace),
        cmocka_unit_test(a_thread_in_another_directory),
        cmocka_unit_test(a_thread_of_another_user),
        cmocka_unit_test(a_confined_thread_has_one_of_its_own),
        cmocka_unit_test(the_mask_is_the_calling_threads),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
