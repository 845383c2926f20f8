/* SPDX-License-Identifier: MIT
 *
 * What keeps a process from the helper: a fork then does the same.
 *
 *     test_helper_absent probe    says what comes of a command for the helper, with what lies
 *                                 beside this program
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

#include "helping.h"

/* ---- what stands beside the library ---- */

static int probe(void) {
    char text[FX_MESSAGE_MAX];
    fx_error error = {.size = sizeof error};
    fx_command command = apart(ARGV("act", "exit", "0"));
    grow();
    (void)printf("%s", way_of(&command));
    command.mechanism = FX_MECHANISM_HELPER;
    fx_child child = {.size = sizeof child};
    if (fx_spawn(&command, &child, &error) < 0) {
        (void)fx_error_message(&error, text, sizeof text);
        (void)printf("; %s\n", text);
    } else {
        (void)printf("; %d\n", finish(&child).code);
    }
    return 0;
}

static const char *own_program(void) {
    static char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    assert_true(length > 0);
    path[length] = '\0';
    return path;
}

static void copy_file(const char *from, const char *to, mode_t mode) {
    static char buffer[1 << 16];
    int source = open(from, O_RDONLY | O_CLOEXEC);
    int target = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    assert_true(source >= 0 && target >= 0);
    for (ssize_t size; (size = read(source, buffer, sizeof buffer)) > 0;)
        assert_int_equal(write(target, buffer, (size_t)size), size);
    assert_int_equal(fchmod(target, mode), 0);
    (void)close(source);
    (void)close(target);
}

/* A copy of this program, with nothing beside it but what the test puts there. */
static void expect_probe(const char *said) {
    fx_command command = {.size = sizeof command, .argv = ARGV("test_helper_absent", "probe")};
    command.program = scratch("beside/test_helper_absent");
    command.stdio[1].kind = FX_STDIO_PIPE;
    fx_child child = start(&command);
    char *text = read_all(child.stdio[1]);
    child.stdio[1] = -1;
    assert_int_equal(finish(&child).code, 0);
    assert_string_equal(text, said);
    free(text);
}

#define NOT_FOUND "clone(forkexec-helper): it is neither beside the library nor where it belongs\n"

static void a_missing_or_wrong_one_is_done_without(void **state) {
    (void)state;
    if (!is_here())
        skip();
    (void)scratch_folder("beside");
    const char *helper = scratch("beside/forkexec-helper");
    copy_file(own_program(), scratch("beside/test_helper_absent"), 0755);
    expect_probe("fork identity; " NOT_FOUND);

    copy_file(program_path("act"), helper, 0755);
    expect_probe("fork identity; " NOT_FOUND);
    assert_int_equal(mkdir(scratch("beside/folder"), 0755), 0);
    assert_int_equal(rename(helper, scratch("beside/act")), 0);
    assert_int_equal(rename(scratch("beside/folder"), helper), 0);
    expect_probe("fork identity; " NOT_FOUND);
    assert_int_equal(rmdir(helper), 0);

    copy_file(program_path(HELPER), helper, 0644);
    expect_probe("fork identity; clone(forkexec-helper): it cannot be executed\n");
    assert_int_equal(chmod(helper, 0755), 0);
    expect_probe("helper identity; 0\n");
}

/* It says who it is, but ends when it sees the plan of another make. */
static void one_that_is_unfit_is_done_without(void **state) {
    (void)state;
    if (!is_here())
        skip();
    struct stat status;
    (void)scratch_folder("beside");
    const char *helper = scratch("beside/forkexec-helper");
    copy_file(own_program(), scratch("beside/test_helper_absent"), 0755);
    copy_file(program_path("act"), helper, 0755);
    /* All of a helper's bytes are behind the program's: what is executed is the program. */
    int source = open(program_path(HELPER), O_RDONLY | O_CLOEXEC), target = open(helper, O_WRONLY);
    assert_true(source >= 0 && target >= 0);
    assert_int_equal(fstat(source, &status), 0);
    char *bytes = malloc((size_t)status.st_size);
    assert_int_equal(read(source, bytes, (size_t)status.st_size), status.st_size);
    assert_true(lseek(target, 0, SEEK_END) > 0);
    assert_int_equal(write(target, bytes, (size_t)status.st_size), status.st_size);
    free(bytes);
    (void)close(source);
    (void)close(target);
    expect_probe("fork identity; clone(forkexec-helper): it ended before it began\n");
}

/* ---- what keeps a process from it ---- */

#ifdef __linux__
static void expect_fork_for(const char *why) {
    char text[FX_MESSAGE_MAX], expected[FX_MESSAGE_MAX];
    fx_command command = apart(ARGV("act", "exit", "0"));
    fx_child child = {.size = sizeof child};
    fx_error error = {.size = sizeof error};
    expect_way(&command, "fork identity");
    command.mechanism = FX_MECHANISM_HELPER;
    int result = fx_spawn(&command, &child, &error);
    (void)fx_error_message(&error, text, sizeof text);
    (void)snprintf(expected, sizeof expected, "clone(forkexec-helper): %s", why);
    if (result == error.code && error.step == FX_STEP_CLONE && strcmp(text, expected) == 0)
        return;
    print_error("%d at %s: %s\n", result, fx_step_name(error.step), text);
    _exit(1);
}

#define RIGHTS "exec would change the rights of this thread"

static void set_sets(unsigned long long permitted, unsigned long long inheritable) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    const struct __user_cap_data_struct data[2] = {
        {(unsigned int)permitted, (unsigned int)permitted, (unsigned int)inheritable},
        {(unsigned int)(permitted >> 32), (unsigned int)(permitted >> 32),
         (unsigned int)(inheritable >> 32)}};
    if (syscall(SYS_capset, &header, data) < 0)
        _exit(2);
}

enum { SETGID = 1 << CAP_SETGID };

static void root_with_few_capabilities(void) {
    set_sets(SETGID, 0);
    expect_fork_for(RIGHTS);
}

static void root_that_keeps_capabilities(void) {
    (void)prctl(PR_SET_KEEPCAPS, 1UL, 0UL, 0UL, 0UL);
    expect_fork_for(RIGHTS);
}

static void root_that_means_nothing(void) {
    (void)prctl(PR_SET_SECUREBITS, 1UL, 0UL, 0UL, 0UL);
    expect_fork_for(RIGHTS);
}

static void two_users_at_once(void) {
    if (seteuid(54321) < 0)
        _exit(2);
    expect_fork_for(RIGHTS);
}

static void two_users_of_files(void) {
    (void)syscall(SYS_setfsuid, 54321L);
    (void)syscall(SYS_setfsgid, 54321L);
    expect_fork_for(RIGHTS);
}

static void become_user_with(unsigned long long permitted, unsigned long long inheritable) {
    (void)prctl(PR_SET_KEEPCAPS, 1UL, 0UL, 0UL, 0UL);
    if (setresgid(54321, 54321, 54321) < 0 || setresuid(54321, 54321, 54321) < 0)
        _exit(2);
    (void)prctl(PR_SET_KEEPCAPS, 0UL, 0UL, 0UL, 0UL);
    set_sets(permitted, inheritable);
}

static void user_with_a_capability(void) {
    become_user_with(SETGID, SETGID);
    expect_fork_for(RIGHTS);
    /* Ambient ones are kept. */
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_SETGID, 0, 0) < 0)
        _exit(2);
    fx_command command = apart(ARGV("act", "exit", "0"));
    command.group.value = 54322;
    expect_way(&command, "helper identity");
}

static void user_without(void) {
    become_user_with(0, 0);
    fx_command command = apart(ARGV("act", "exit", "0"));
    expect_way(&command, "helper identity");
}

static void an_exec_may_not_change_rights(void **state) {
    (void)state;
    if (!is_here() || geteuid() != 0)
        skip();
    in_another_process(root_with_few_capabilities);
    in_another_process(root_that_keeps_capabilities);
    in_another_process(root_that_means_nothing);
    in_another_process(two_users_at_once);
    in_another_process(two_users_of_files);
    in_another_process(user_with_a_capability);
    in_another_process(user_without);
}

static void no_exec_where_it_is(void) {
    const char *helper = program_path(HELPER);
    if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount(helper, helper, NULL, MS_BIND, NULL) < 0 ||
        mount(NULL, helper, NULL, MS_REMOUNT | MS_BIND | MS_NOEXEC, NULL) < 0)
        _exit(2);
    expect_fork_for("it cannot be executed");
}

static void a_mount_may_forbid_it(void **state) {
    (void)state;
    if (!is_here() || geteuid() != 0)
        skip();
    in_another_process(no_exec_where_it_is);
}

/* From now on this call fails with this errno. */
static void refuse(long call, unsigned int code) {
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)call, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | code),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    const struct sock_fprog program = {sizeof filter / sizeof filter[0], filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL) < 0 ||
        prctl(PR_SET_SECCOMP, (unsigned long)SECCOMP_MODE_FILTER, &program, 0UL, 0UL) < 0)
        _exit(2);
}

static void no_memory_file(void) {
    refuse(SYS_memfd_create, EPERM);
    expect_fork_for("no file in memory for the plan");
}

/* Not only would the write fail: SIGXFSZ would end this process. */
static void no_large_file(void) {
    const struct rlimit none = {0, 0};
    if (setrlimit(RLIMIT_FSIZE, &none) < 0)
        _exit(2);
    expect_fork_for("no file in memory for the plan");
}

/* A fork needs one descriptor fewer at a time. */
static void few_descriptors(void) {
    fx_command command = apart(ARGV("act", "exit", "0"));
    int lowest = fcntl(0, F_DUPFD_CLOEXEC, 3);
    struct rlimit limit;
    (void)close(lowest);
    (void)getrlimit(RLIMIT_NOFILE, &limit);
    for (rlim_t more = 4; more >= 2; more--) {
        limit.rlim_cur = (rlim_t)lowest + more;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
        expect_way(&command, more == 4 ? "helper identity" : "fork identity");
    }
}

static void what_it_needs_may_be_refused(void **state) {
    (void)state;
    if (!is_here())
        skip();
    in_another_process(no_memory_file);
    in_another_process(no_large_file);
    in_another_process(few_descriptors);
}

/* What is close-on-exec is still open when a forked child uses its path. */
static void path_of_a_descriptor(void) {
    char path[64];
    int directory = open("/usr", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", directory);
    fx_command command = apart(ARGV("act", "exit", "0"));
    command.inherit_others = true;
    command.directory = path;
    command.directory_when = FX_DIRECTORY_FIRST;
    expect_way(&command, "fork identity");
    command.directory = NULL;
    int program = open(command.program, O_RDONLY | O_CLOEXEC);
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", program);
    command.program = path;
    expect_way(&command, "fork identity");
}

static void paths_through_descriptors_are_for_forks(void **state) {
    (void)state;
    if (is_here())
        in_another_process(path_of_a_descriptor);
    else
        skip();
}
#endif

int main(int argc, char **argv) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_missing_or_wrong_one_is_done_without),
        cmocka_unit_test(one_that_is_unfit_is_done_without),
#ifdef __linux__
        cmocka_unit_test(an_exec_may_not_change_rights),
        cmocka_unit_test(a_mount_may_forbid_it),
        cmocka_unit_test(what_it_needs_may_be_refused),
        cmocka_unit_test(paths_through_descriptors_are_for_forks),
#endif
    };
    if (argc == 2 && strcmp(argv[1], "probe") == 0)
        return probe();
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
