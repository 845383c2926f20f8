/* SPDX-License-Identifier: MIT
 *
 * Reserved low numbers: lent and put back, never another's, remade where they are gone.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "launch/launch.h"
#include "platform/platform.h"
#include "state.h"
#include "support.h"

enum { BUSY = 70, NUMBERS = FX_LOW_MAX + 1, MOST = 300 };

static bool is_placeholder(int fd) {
    char name[64], target[64] = "";
    (void)snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    return readlink(name, target, sizeof target - 1) > 0 &&
           strcmp(target, "/memfd:forkexec-reserved (deleted)") == 0;
}

static int count_placeholders(void) {
    int count = 0;
    for (int fd = 3; fd < MOST; fd++)
        count += is_placeholder(fd);
    return count;
}

static ino_t inode(int fd) {
    struct stat status;
    assert_int_equal(fstat(fd, &status), 0);
    return status.st_ino;
}

/* Elsewhere there is nothing to reserve for. */
static bool shares_table(void **state) {
    (void)state;
    return fx_platform_shares_table();
}

/* Nothing below is free, so that only reserved numbers can be taken. */
static void fill_low_ones(void) {
    int fd;
    while ((fd = fcntl(0, F_DUPFD_CLOEXEC, 3)) < BUSY)
        assert_true(fd >= 0);
    (void)close(fd);
}

static int held;

static int take(int fd) {
    held = 0;
    return fx_low_take(fd, &held);
}

static void give_back(int number) {
    const struct fx_copy low = {.to = number};
    fx_low_give_back(&low, 1, held);
}

static void close_all(void) {
    for (int fd = 3; fd < MOST; fd++)
        (void)close(fd);
}

static int begin(void **unused) {
    (void)unused;
    close_all();
    if (!fx_platform_shares_table())
        return 0;
    assert_int_equal(fx_reserve(), 0);
    assert_int_equal(count_placeholders(), NUMBERS);
    fill_low_ones();
    return 0;
}

static int end(void **unused) {
    (void)unused;
    close_all();
    return 0;
}

static void where_there_is_nothing_to_gain_nothing_is_done(void **state) {
    struct rlimit before, low;
    if (!shares_table(state))
        skip();
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    low = (struct rlimit){512, before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
    close_all();
    assert_int_equal(fx_reserve(), 0);
    assert_int_equal(count_placeholders(), 0);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
}

static void they_are_made_once_and_close_on_exec(void **state) {
    if (!shares_table(state))
        skip();
    assert_int_equal(fx_reserve(), 0);
    assert_int_equal(count_placeholders(), NUMBERS);
    for (int fd = 3; fd < MOST; fd++)
        if (is_placeholder(fd))
            assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
}

static void one_is_lent_and_put_back(void **state) {
    if (!shares_table(state))
        skip();
    int file = new_file_at(200);
    int number = take(file);
    assert_in_range(number, 3, BUSY);
    assert_int_equal(inode(number), inode(file));
    assert_int_equal(fcntl(number, F_GETFD), FD_CLOEXEC);
    assert_int_equal(count_placeholders(), NUMBERS - 1);
    give_back(number);
    assert_int_equal(count_placeholders(), NUMBERS);
}

static void all_are_lent_but_no_more(void **state) {
    if (!shares_table(state))
        skip();
    int file = new_file_at(200), numbers[FX_LOW_MAX];
    for (size_t i = 0; i < FX_LOW_MAX; i++) {
        numbers[i] = take(file);
        assert_in_range(numbers[i], 3, BUSY);
    }
    assert_int_equal(count_placeholders(), 1);
    assert_true(take(file) < 0);
    for (size_t i = 0; i < FX_LOW_MAX; i++)
        give_back(numbers[i]);
    assert_int_equal(count_placeholders(), NUMBERS);
}

/* As daemons do before they begin. */
static void what_the_program_has_put_there_is_left_alone(void **state) {
    if (!shares_table(state))
        skip();
    struct {
        int fd;
        ino_t inode;
    } own[MOST];
    size_t count = 0;
    close_all();
    for (int fd = 3; fd < BUSY; fd++) {
        own[count].fd = new_file_at(fd);
        own[count++].inode = inode(fd);
    }
    int file = new_file_at(200);
    int number = take(file);
    assert_true(number < 0 || number >= BUSY);
    if (number >= 0)
        give_back(number);
    /* Remade where there is room, and lent from there. */
    assert_int_equal(fx_reserve(), 0);
    assert_int_equal(count_placeholders(), NUMBERS);
    number = take(file);
    assert_in_range(number, BUSY, MOST);
    assert_int_equal(inode(number), inode(file));
    give_back(number);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(inode(own[i].fd), own[i].inode);
}

/* What is lent at that moment would stay open in the child for as long as it lives. */
static void a_forked_child_has_all_of_its_own(void **state) {
    if (!shares_table(state))
        skip();
    int status, file = new_file_at(200);
    int number = take(file);
    assert_int_equal(count_placeholders(), NUMBERS - 1);
    pid_t pid = fork();
    if (pid == 0) {
        bool put_back = count_placeholders() == NUMBERS && is_placeholder(number);
        bool good = put_back && take(file) >= 0;
        _exit(good ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    /* The parent still lends it. */
    assert_int_equal(inode(number), inode(file));
    give_back(number);
    assert_int_equal(count_placeholders(), NUMBERS);
}

/* A process that only grows is ready before it is too late. */
static void they_are_made_as_numbers_grow(void **state) {
    if (!shares_table(state))
        skip();
    close_all();
    /* Until it looks, it thinks that it has them. */
    int number = take(0);
    assert_true(number >= 0);
    give_back(number);
    for (int i = 0; i < 200; i++) {
        fx_command command = command_of(ARGV("act", "exit", "0"));
        fx_child child = start(&command);
        assert_int_equal(finish(&child).code, 0);
        assert_true(fcntl(0, F_DUPFD_CLOEXEC, 3) >= 0);
    }
    assert_int_equal(count_placeholders(), tells_by_pipe() ? 0 : NUMBERS);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(where_there_is_nothing_to_gain_nothing_is_done),
        cmocka_unit_test_setup_teardown(they_are_made_once_and_close_on_exec, begin, end),
        cmocka_unit_test_setup_teardown(one_is_lent_and_put_back, begin, end),
        cmocka_unit_test_setup_teardown(all_are_lent_but_no_more, begin, end),
        cmocka_unit_test_setup_teardown(what_the_program_has_put_there_is_left_alone, begin, end),
        cmocka_unit_test_setup_teardown(a_forked_child_has_all_of_its_own, begin, end),
        cmocka_unit_test_setup_teardown(they_are_made_as_numbers_grow, begin, end),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
