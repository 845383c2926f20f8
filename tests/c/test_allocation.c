/* SPDX-License-Identifier: MIT
 *
 * Every allocation of a spawn fails once, in turn: an error says so, and nothing is left. And there
 * are no more of them than there must be.
 * Linked with --wrap, so that the engine's calls come here first.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "state.h"
#include "support.h"

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset);
void *__wrap_mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset);
#ifdef __GLIBC__
/* The same call, for who wants file offsets of 64 bits everywhere. */
void *__real_mmap64(void *address, size_t size, int protection, int flags, int fd, off_t offset);
void *__wrap_mmap64(void *address, size_t size, int protection, int flags, int fd, off_t offset);
#endif

static int until_failure = -1, failed, allocations;

static bool fails_now(void) {
    allocations++;
    if (until_failure < 0 || until_failure-- > 0)
        return false;
    failed++;
    errno = ENOMEM;
    return true;
}

void *__wrap_malloc(size_t size) { return fails_now() ? NULL : __real_malloc(size); }

void *__wrap_mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset) {
    return fails_now() ? MAP_FAILED : __real_mmap(address, size, protection, flags, fd, offset);
}

#ifdef __GLIBC__
void *__wrap_mmap64(void *address, size_t size, int protection, int flags, int fd, off_t offset) {
    return fails_now() ? MAP_FAILED : __real_mmap64(address, size, protection, flags, fd, offset);
}
#endif

/* Fail the first, the second, ... until one pass needs no more; how many failed. */
static int fail_each(const fx_command *command) {
    char *before = parent_state();
    for (int number = 0;; number++) {
        fx_child child = {.size = sizeof child};
        fx_error error = {.size = sizeof error};
        failed = 0;
        until_failure = number;
        int result = fx_spawn(command, &child, &error);
        until_failure = -1;
        if (result == 0) {
            assert_int_equal(finish(&child).code, 0);
            assert_unchanged(before);
        } else {
            assert_int_equal(result, -ENOMEM);
            assert_true(error.step == FX_STEP_ALLOCATE || error.step == FX_STEP_CLONE);
            assert_int_equal(child.pid, 0);
            assert_unchanged(before);
        }
        if (!failed) {
            assert_int_equal(result, 0);
            free(before);
            return number;
        }
    }
}

static void a_plain_command(void **state) {
    (void)state;
    fx_command command = command_of(ARGV("act", "exit", "0"));
    /* None at all is best. */
    assert_true(fail_each(&command) >= 0);
}

static void a_rich_command(void **state) {
    enum { COUNT = 20, LENGTH = 100000 };
    (void)state;
    fx_map map[COUNT];
    for (int i = 0; i < COUNT; i++)
        map[i] = (fx_map){.child = 30 + i, .parent = 0};
    fx_command command = command_of(ARGV("act", "exit", "0"));
    for (int fd = 0; fd < 3; fd++)
        command.stdio[fd].kind = FX_STDIO_PIPE;
    command.map = map;
    command.map_count = COUNT;
    char *argument = calloc(1, LENGTH + 1);
    memset(argument, 'x', LENGTH);
    command.argv = ARGV("act", "exit", "0", argument);
    command.program = "/bin/true";
    command.environment_set = (const char *[]){"A=1", NULL};
    command.environment_unset = (const char *[]){"B", NULL};
    /* The plan and the edited environment at least. */
    assert_true(fail_each(&command) >= 2);
    free(argument);
}

/* ---- how many there are ---- */

static int allocations_of_spawn(const fx_command *command) {
    fx_child child = {.size = sizeof child};
    allocations = 0;
    assert_int_equal(fx_spawn(command, &child, NULL), 0);
    int made = allocations;
    assert_int_equal(finish(&child).code, 0);
    return made;
}

static void a_spawn_allocates_nothing(void **state) {
    enum { PASSED = 10 };
    (void)state;
    int keep[PASSED];
    fx_command plain = command_of(ARGV("act", "exit", "0")), set_up = plain;
    for (int fd = 0; fd < 3; fd++)
        set_up.stdio[fd].kind = FX_STDIO_PIPE;
    for (int i = 0; i < PASSED; i++)
        keep[i] = new_file();
    set_up.keep = keep;
    set_up.keep_count = PASSED;
    set_up.new_session = true;
    set_up.directory = "/";
    set_up.environment = (char *[]){"A=1", NULL};
    /* The first one of a process may map the child's stack. */
    (void)allocations_of_spawn(&plain);
    assert_int_equal(allocations_of_spawn(&plain), 0);
    assert_int_equal(allocations_of_spawn(&set_up), 0);
    for (int i = 0; i < PASSED; i++)
        (void)close(keep[i]);
    /* The control: an edited environment is a new list. */
    plain.environment_set = (const char *[]){"A=1", NULL};
    assert_int_equal(allocations_of_spawn(&plain), 1);
}

static void a_plan_is_one_allocation(void **state) {
    (void)state;
    fx_command command = command_of(ARGV("act", "exit", "0"));
    fx_plan *plan;
    allocations = 0;
    assert_int_equal(fx_compile(&command, &plan, NULL), 0);
    assert_int_equal(allocations, 1);
    for (int i = 0; i < 3; i++) {
        fx_child child = {.size = sizeof child};
        allocations = 0;
        assert_int_equal(fx_launch(plan, &child, NULL), 0);
        assert_int_equal(allocations, 0);
        assert_int_equal(finish(&child).code, 0);
    }
    fx_plan_free(plan);
}

/* ---- stacks ---- */

enum { ENDS_OF_THREADS = 40 };

static void *spawn_in_thread(void *command) {
    fx_child child = {.size = sizeof child};
    bool good = fx_spawn(command, &child, NULL) == 0 && fx_wait(&child, -1, 0, NULL) == 0;
    fx_child_close(&child);
    return good ? command : NULL;
}

/* Threads that end leave no stack behind, and new ones need none of their own. */
static void stacks_outlive_threads(void **state) {
    (void)state;
    fx_command command = command_of(ARGV("act", "exit", "0"));
    (void)allocations_of_spawn(&command);
    allocations = 0;
    for (int i = 0; i < ENDS_OF_THREADS; i++) {
        pthread_t thread;
        void *result;
        assert_int_equal(pthread_create(&thread, NULL, spawn_in_thread, &command), 0);
        assert_int_equal(pthread_join(thread, &result), 0);
        assert_ptr_equal(result, &command);
    }
    assert_int_equal(allocations, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_spawn_allocates_nothing),
        cmocka_unit_test(a_plan_is_one_allocation),
        cmocka_unit_test(stacks_outlive_threads),
        cmocka_unit_test(a_plain_command),
        cmocka_unit_test(a_rich_command),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
