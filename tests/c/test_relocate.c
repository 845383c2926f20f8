/* SPDX-License-Identifier: MIT
 *
 * A plan that was moved, byte by byte, to another address: not one pointer may lead back.
 */
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
#ifdef __linux__
#include <linux/filter.h>
#include <linux/seccomp.h>
#endif

#include "plan/relocate.h"
#include "support.h"

static int descriptor = -1;
static fx_step lacking[FX_STEP_COUNT];
static size_t lacking_count;

/* Every attribute that may leave a pointer in the plan, if only as something best effort. */
static fx_command rich(void) {
    static const fx_limit limits[] = {
        {.resource = RLIMIT_CORE, .soft = {.kind = FX_LIMIT_VALUE, .value = 0}},
        {.resource = RLIMIT_NOFILE, .soft = {.kind = FX_LIMIT_VALUE, .value = 100}}};
    static const char *const arguments[] = {"report", "one", "two", NULL};
    static const char *const environment[] = {"PATH=/bin:/usr/bin", "A=b", NULL};
    static const char *const variables[] = {"C=d", NULL};
    static const int signals[] = {SIGUSR1, SIGUSR2}, cpus[] = {0};
    static const gid_t groups[] = {1, 2, 3};
    static const fx_landlock_path paths[] = {{"/usr", FX_LANDLOCK_READ_ONLY},
                                             {"/tmp", FX_LANDLOCK_READ_WRITE}};
    static const fx_id_map ids[] = {{0, 0, 1}};
#ifdef __linux__
    static const struct sock_filter filter[] = {BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
    static const fx_namespace namespaces[] = {{.type = CLONE_NEWNET, .path = "/proc/self/ns/net"}};
#endif
    return (fx_command){
        .size = sizeof(fx_command),
        .program = "report",
        .argv = (char *const *)arguments,
        .environment = (char *const *)environment,
        .environment_set = variables,
        .directory = "/",
        .keep = &descriptor,
        .keep_count = 1,
        .umask = FX_NUMBER(022),
        .user = FX_ID(1000),
        .group = FX_ID(1000),
        .groups = {.set = true, .count = 3, .list = groups},
        .limits = limits,
        .limit_count = 2,
        .ignored_signals = {.set = true, .count = 1, .list = signals},
        .block_signals = {.set = true, .count = 2, .list = signals},
        .nice = FX_NUMBER(1),
        .affinity = {.set = true, .count = 1, .list = cpus},
        .io_priority = {.set = true, .io_class = FX_IO_IDLE},
        .timer_slack = FX_COUNT(1000),
        .oom_score_adj = FX_NUMBER(100),
        .bounding_capabilities = {.set = true},
        .permitted_capabilities = {.set = true},
        .chroot = "/",
        .no_new_privs = true,
        .landlock = paths,
        .landlock_count = 2,
#ifdef __linux__
        .scheduling = {.set = true, .policy = SCHED_BATCH},
        .seccomp = filter,
        .seccomp_size = sizeof filter,
        .unshare = CLONE_NEWUSER,
        .namespaces = namespaces,
        .namespace_count = 1,
#endif
        .uid_map = ids,
        .uid_map_count = 1,
        .gid_map = ids,
        .gid_map_count = 1,
        .apparmor_profile = "profile",
        .selinux_context = "context",
        .pid_variable = "PID_OF_CHILD",
        .busy_timeout = 10,
        .shell_fallback = true,
        .best_effort = lacking,
        .best_effort_count = lacking_count,
    };
}

static int begin(void **state) {
    if (begin_group(state) < 0)
        return -1;
    descriptor = new_file();
    for (int step = FX_STEP_CLONE + 1; step < FX_STEP_COUNT; step++)
        if (fx_step_table[step].needs)
            lacking[lacking_count++] = (fx_step)step;
    return 0;
}

static int end(void **state) {
    (void)close(descriptor);
    return end_group(state);
}

/* A word of the plan's block that could be an address in its old place. */
static void assert_no_word_leads_into(const struct fx_plan *plan, const unsigned char *old,
                                      size_t size) {
    const uintptr_t *words = (const void *)plan;
    for (size_t i = 0; i < size / sizeof *words; i++)
        if (words[i] - (uintptr_t)old < size)
            fail_msg("the word at byte %zu of %zu was not relocated", i * sizeof *words, size);
}

static fx_plan *compiled(const fx_command *command) {
    fx_plan *plan;
    fx_error error = {.size = sizeof error};
    char text[FX_MESSAGE_MAX];
    if (fx_compile(command, &plan, &error) == 0)
        return plan;
    (void)fx_error_message(&error, text, sizeof text);
    fail_msg("%s", text);
    return NULL;
}

static char *explained(const fx_plan *plan) {
    enum { ROOM = 65536 };
    char *text = malloc(ROOM);
    assert_in_range(fx_explain(plan, FX_FORMAT_TEXT, FX_EXPLAIN_VALUES, text, ROOM), 1, ROOM - 1);
    return text;
}

static void assert_moves(const fx_command *command) {
    fx_plan *plan = compiled(command);
    size_t size = plan->size;
    char *before = explained(plan);
    void *copy = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(copy, MAP_FAILED);
    memcpy(copy, plan, size);
    const struct fx_moved part = {.from = (const char *)plan, .to = copy, .size = size};
    struct fx_relocation relocation = {.parts = &part, .count = 1};
    fx_plan_relocate(copy, &relocation);
    assert_false(relocation.failed);
    assert_no_word_leads_into(copy, (const unsigned char *)plan, size);
    /* Whatever still leads there finds nothing. */
    memset(plan, 0x5a, size);
    char *after = explained(copy);
    assert_string_equal(after, before);
    assert_int_equal(munmap(copy, size), 0);
    fx_plan_free(plan);
    free(before);
    free(after);
}

static void every_pointer_is_known(void **state) {
    (void)state;
    fx_command command = rich();
    assert_moves(&command);
}

static void a_small_plan_moves(void **state) {
    (void)state;
    fx_command command = {.size = sizeof command, .argv = ARGV("/bin/true")};
    assert_moves(&command);
}

static void two_lists_that_touch_are_told_apart(void **state) {
    (void)state;
    static int list[4];
    char first[2 * sizeof(int)], second[2 * sizeof(int)];
    const struct fx_moved parts[] = {{(const char *)&list[0], first, sizeof first},
                                     {(const char *)&list[2], second, sizeof second}};
    struct fx_relocation relocation = {.parts = parts, .count = 2};
    assert_ptr_equal(fx_relocated(&relocation, &list[1]), first + sizeof(int));
    assert_ptr_equal(fx_relocated(&relocation, &list[2]), second);
    assert_ptr_equal(fx_relocated(&relocation, &list[4]), second + sizeof second);
    assert_null(fx_relocated(&relocation, NULL));
    assert_false(relocation.failed);
    assert_null(fx_relocated(&relocation, &parts));
    assert_true(relocation.failed);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pointer_is_known),
        cmocka_unit_test(a_small_plan_moves),
        cmocka_unit_test(two_lists_that_touch_are_told_apart),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
