/* SPDX-License-Identifier: MIT
 *
 * Every allocation of a spawn fails once, in turn: an error says so, and nothing is left.
 * Linked with --wrap, so that the engine's calls come here first.
 */
#include <errno.h>
#include <fcntl.h>
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

static int until_failure = -1, failed;

static bool fails_now(void) {
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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_command),
        cmocka_unit_test(a_rich_command),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
