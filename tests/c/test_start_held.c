/* SPDX-License-Identifier: MIT
 *
 * Starts whose child is stopped or frozen before its exec, which holds the thread that made it in
 * the kernel; and what that thread has of the one that began it.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <mntent.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "launching.h"
#include "looking.h"
#include "starting.h"
#include "state.h"

/* ---- a child as the kernel shows it ---- */

/* Of any thread of this process; 0 if none has one. */
static pid_t find_child(void) {
    long found = 0;
    DIR *folder = opendir("/proc/self/task");
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder)) && found == 0;) {
        char path[300];
        (void)snprintf(path, sizeof path, "/proc/self/task/%s/children", entry->d_name);
        FILE *file = entry->d_name[0] == '.' ? NULL : fopen(path, "re");
        if (file && fscanf(file, "%ld", &found) != 1)
            found = 0;
        if (file)
            (void)fclose(file);
    }
    (void)closedir(folder);
    return (pid_t)found;
}

static pid_t await_child(void) {
    pid_t pid;
    while ((pid = find_child()) == 0)
        (void)sched_yield();
    return pid;
}

/* Unless it is late, and gone. */
static void await_stopped(pid_t pid) {
    char path[64], state = 0;
    FILE *file;
    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    while (state != 'T' && (file = fopen(path, "re"))) {
        if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1 || state == 'Z')
            state = 'T';
        (void)fclose(file);
    }
}

/* ---- stopped ---- */

static fx_start *begin_stopped(const fx_command *command, int timeout) {
    pid_t pid = 0;
    fx_start *begun = begin(command, timeout);
    while (pid == 0 && !is_ready(begun, 0))
        pid = find_child();
    if (pid > 0 && kill(pid, SIGSTOP) == 0)
        await_stopped(pid);
    return begun;
}

static void a_stopped_one_is_killed(void **state) {
    (void)state;
    int writer;
    fx_command command = held_command(&writer);
    char *before = parent_state();
    /* Long enough, mostly, for it to be seen and stopped before. */
    fx_start *begun = begin_stopped(&command, 500);
    assert_late(begun, "it did not reach its program within 500 ms, and was killed");
    assert_unchanged(before);
    free(before);
    (void)close(writer);
}

static void a_stopped_one_is_given_up(void **state) {
    (void)state;
    int writer;
    fx_command command = held_command(&writer);
    fx_start_abandon(begin_stopped(&command, -1));
    await_no_child();
    (void)close(writer);
}

static void a_stopped_one_may_go_on(void **state) {
    (void)state;
    int writer;
    fx_command command = held_command(&writer);
    fx_start *begun = begin_stopped(&command, 600000);
    assert_false(is_ready(begun, 0));
    (void)close(writer);
    assert_int_equal(kill(find_child(), SIGCONT), 0);
    fx_child child = take(begun);
    assert_int_equal(finish(&child).code, 7);
}

/* ---- frozen ---- */

static char own_cgroup[PATH_MAX];

static void write_to(const char *name, const char *text) {
    char path[PATH_MAX + 64];
    (void)snprintf(path, sizeof path, "%s/%s", own_cgroup, name);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    (void)close(fd);
}

/* A cgroup in which nothing runs. */
static void new_frozen(void) {
    struct mntent entry;
    char buffer[PATH_MAX];
    FILE *mounts = setmntent("/proc/self/mounts", "re");
    own_cgroup[0] = '\0';
    while (mounts && getmntent_r(mounts, &entry, buffer, sizeof buffer))
        if (strcmp(entry.mnt_type, "cgroup2") == 0)
            (void)snprintf(own_cgroup, sizeof own_cgroup, "%s/forkexec-start-%d", entry.mnt_dir,
                           (int)getpid());
    if (mounts)
        (void)endmntent(mounts);
    if (!own_cgroup[0] || !is_superuser() || !is_offered("cgroup"))
        skip();
    assert_int_equal(mkdir(own_cgroup, 0755), 0);
    write_to("cgroup.freeze", "1");
}

static void remove_frozen(void) {
    /* Who has just been reaped may be counted for a moment. */
    while (rmdir(own_cgroup) < 0)
        assert_int_equal(errno, EBUSY);
}

static fx_command frozen_command(void) {
    fx_command command = idle_command();
    command.cgroup = own_cgroup;
    return command;
}

static void a_frozen_one_is_killed(void **state) {
    (void)state;
    new_frozen();
    const fx_command command = frozen_command();
    char *before = parent_state();
    fx_start *begun = begin(&command, 40);
    assert_late(begun, "it did not reach its program within 40 ms, and was killed");
    assert_unchanged(before);
    free(before);
    remove_frozen();
}

static void a_frozen_one_is_given_up(void **state) {
    (void)state;
    new_frozen();
    const fx_command command = frozen_command();
    for (int i = 0; i < 20; i++) {
        fx_start *begun = begin(&command, -1);
        if (i % 2)
            (void)await_child();
        fx_start_abandon(begun);
    }
    await_no_child();
    remove_frozen();
}

static void a_frozen_one_may_go_on(void **state) {
    (void)state;
    new_frozen();
    const fx_command command = frozen_command();
    fx_start *begun = begin(&command, 600000);
    (void)await_child();
    assert_false(is_ready(begun, 0));
    write_to("cgroup.freeze", "0");
    fx_child child = take(begun);
    assert_int_equal(finish(&child).code, 0);
    remove_frozen();
}

/* ---- death signals ---- */

static void a_death_signal_does_not_mean_the_thread_of_the_start(void **state) {
    (void)state;
    if (!has_death_signal())
        skip();
    fx_command command = mortal_command();
    command.argv = ARGV("act", "hold");
    command.program = program_path("act");
    command.stdio[0] = (fx_stdio){.kind = FX_STDIO_PIPE};
    fx_child child = take(begin(&command, 600000));
    await_no_thread();
    assert_int_equal(fx_wait(&child, 0, 0, NULL), -ETIMEDOUT);
    (void)close(child.stdio[0]);
    child.stdio[0] = -1;
    fx_exit end = finish(&child);
    assert_int_equal(end.signal, 0);
    assert_int_equal(end.code, 0);
}

static void one_with_a_death_signal_can_be_late(void **state) {
    (void)state;
    int writer;
    if (!has_death_signal())
        skip();
    fx_command command = held_command(&writer);
    command.death_signal = SIGKILL;
    char *before = parent_state();
    assert_late(begin(&command, 40), "it did not reach its program within 40 ms, and was killed");
    assert_unchanged(before);
    free(before);
    (void)close(writer);
}

/* ---- as the thread that begins it ---- */

static void be_somebody(void) {
    /* Raw: libc's would change all threads. */
    assert_int_equal(syscall(SYS_setgroups, 0, NULL), 0);
    assert_int_equal(syscall(SYS_setresgid, 54321, 54321, 54321), 0);
    assert_int_equal(syscall(SYS_setresuid, 54321, 54321, 54321), 0);
}

static void be_nicer(void) { assert_int_equal(setpriority(PRIO_PROCESS, (id_t)gettid(), 7), 0); }

static void gain_nothing(void) { assert_int_equal(prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L), 0); }

struct beginner {
    void (*change)(void);
    fx_command command;
};

static void *change_and_begin(void *argument) {
    const struct beginner *beginner = argument;
    beginner->change();
    return begin(&beginner->command, 600000);
}

/* What the child says that is begun by a thread after this change. */
static char *look_changed(void (*change)(void), char *const argv[]) {
    void *begun;
    pthread_t thread;
    struct beginner beginner = {.change = change, .command = command_of(argv)};
    beginner.command.stdio[1].kind = FX_STDIO_PIPE;
    assert_int_equal(pthread_create(&thread, NULL, change_and_begin, &beginner), 0);
    assert_int_equal(pthread_join(thread, &begun), 0);
    fx_child child = take(begun);
    char *said = read_all(child.stdio[1]);
    child.stdio[1] = -1;
    assert_int_equal(finish(&child).code, 0);
    return said;
}

static void it_is_of_the_user_of_who_began_it(void **state) {
    (void)state;
    if (!is_superuser())
        skip();
    char *said = look_changed(be_somebody, ARGV("look", "ids"));
    assert_saw(said, "user 54321 54321 54321");
    assert_saw(said, "group 54321 54321 54321");
    free(said);
    /* The kernel takes that from the memory of all threads. */
    assert_int_equal(prctl(PR_SET_DUMPABLE, 1L), 0);
}

static void it_is_as_nice(void **state) {
    (void)state;
    char *said = look_changed(be_nicer, ARGV("look", "file=/proc/self/stat"));
    int nice = 0;
    /* The 19th field; the third follows the name. */
    assert_int_equal(sscanf(strrchr(said, ')') + 1,
                            " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %d",
                            &nice),
                     1);
    assert_int_equal(nice, 7);
    free(said);
}

static void it_is_as_confined(void **state) {
    (void)state;
    char *said = look_changed(gain_nothing, ARGV("look", "confinement"));
    assert_saw(said, "no_new_privs 1");
    free(said);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stopped_one_is_killed),
        cmocka_unit_test(a_stopped_one_is_given_up),
        cmocka_unit_test(a_stopped_one_may_go_on),
        cmocka_unit_test(a_frozen_one_is_killed),
        cmocka_unit_test(a_frozen_one_is_given_up),
        cmocka_unit_test(a_frozen_one_may_go_on),
        cmocka_unit_test(a_death_signal_does_not_mean_the_thread_of_the_start),
        cmocka_unit_test(one_with_a_death_signal_can_be_late),
        cmocka_unit_test(it_is_of_the_user_of_who_began_it),
        cmocka_unit_test(it_is_as_nice),
        cmocka_unit_test(it_is_as_confined),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
