/* SPDX-License-Identifier: MIT
 *
 * The controlling terminal of a new session, and its foreground process group.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support.h"

struct terminal {
    int master;
    int terminal;
};

static int make_close_on_exec(int fd) {
    assert_true(fd >= 0);
    assert_int_equal(fcntl(fd, F_SETFD, FD_CLOEXEC), 0);
    return fd;
}

/* One that is no session's. */
static struct terminal new_terminal(void) {
    struct terminal made;
    made.master = make_close_on_exec(posix_openpt(O_RDWR | O_NOCTTY));
    assert_int_equal(grantpt(made.master), 0);
    assert_int_equal(unlockpt(made.master), 0);
    made.terminal = make_close_on_exec(open(ptsname(made.master), O_RDWR | O_NOCTTY));
    return made;
}

static void close_terminal(const struct terminal *made) {
    (void)close(made->terminal);
    (void)close(made->master);
}

static fx_command at_terminal(const struct terminal *made, char *const argv[]) {
    fx_command command = command_of(argv);
    command.new_session = true;
    command.controlling_terminal = (fx_number)FX_NUMBER(made->terminal);
    return command;
}

static void a_new_session_has_no_terminal(void **state) {
    (void)state;
    fx_command command = command_of(ARGV("act", "terminal"));
    command.new_session = true;
    assert_exits(&command, 2);
}

static void a_new_session_gets_one(void **state) {
    (void)state;
    struct terminal made = new_terminal();
    fx_command command = at_terminal(&made, ARGV("act", "terminal"));
    assert_exits(&command, 0);
    close_terminal(&made);
}

/* The map may write the number that the command names. */
static void the_map_does_not_get_in_the_way(void **state) {
    (void)state;
    struct terminal made = new_terminal();
    int file = new_file();
    fx_command command = at_terminal(&made, ARGV("act", "terminal"));
    const fx_map map[] = {{.child = made.terminal, .parent = file}};
    command.map = map;
    command.map_count = 1;
    assert_exits(&command, 0);
    (void)close(file);
    close_terminal(&made);
}

static void it_is_taken_from_no_other_session(void **state) {
    (void)state;
    struct terminal made = new_terminal();
    fx_command holding = at_terminal(&made, ARGV("act", "hold"));
    holding.stdio[0].kind = FX_STDIO_PIPE;
    fx_child holder = start(&holding);

    char subject[32], message[96];
    fx_command command = at_terminal(&made, ARGV("act", "terminal"));
    (void)snprintf(subject, sizeof subject, "%d, TIOCSCTTY", made.terminal);
    (void)snprintf(message, sizeof message, "ioctl(%s): Operation not permitted", subject);
    fx_error error = assert_fails(&command, EPERM, FX_STEP_TERMINAL, subject);
    assert_message(&error, message);

    /* Best effort: the program is there, without a terminal. */
    const fx_step may_fail[] = {FX_STEP_TERMINAL};
    command.best_effort = may_fail;
    command.best_effort_count = 1;
    fx_child child = start(&command);
    assert_int_equal(child.skipped_count, 1);
    assert_int_equal(child.skipped[0].step, FX_STEP_TERMINAL);
    assert_int_equal(child.skipped[0].code, -EPERM);
    assert_int_equal(finish(&child).code, 2);

    (void)close(holder.stdio[0]);
    holder.stdio[0] = -1;
    assert_int_equal(finish(&holder).code, 0);
    close_terminal(&made);
}

/* ---- foreground; in a process of its own, which has a terminal ---- */

/* Whether a child that is asked for in the foreground is there, and the terminal says so. */
static bool puts_in_foreground(int terminal) {
    fx_command command = command_of(ARGV("act", "terminal"));
    fx_child child = {.size = sizeof child};
    fx_exit end = {.size = sizeof end};
    command.process_group = (fx_number)FX_NUMBER(0);
    command.foreground = (fx_number)FX_NUMBER(terminal);
    if (fx_spawn(&command, &child, NULL) < 0)
        return false;
    bool is_foreground = tcgetpgrp(terminal) == child.pid;
    bool waited = fx_wait(&child, -1, 0, &end) == 0;
    fx_child_close(&child);
    return is_foreground && waited && end.code == 0;
}

/* Without being asked for it stays in the background. */
static bool leaves_in_background(void) {
    fx_command command = command_of(ARGV("act", "terminal"));
    fx_child child = {.size = sizeof child};
    fx_exit end = {.size = sizeof end};
    command.process_group = (fx_number)FX_NUMBER(0);
    if (fx_spawn(&command, &child, NULL) < 0)
        return false;
    bool waited = fx_wait(&child, -1, 0, &end) == 0;
    fx_child_close(&child);
    return waited && end.code == 1;
}

static int lead_session(int terminal) {
    if (setsid() < 0 || ioctl(terminal, TIOCSCTTY, 0) < 0)
        return 1;
    if (!leaves_in_background())
        return 2;
    /* From the foreground itself, and then, its child having taken that, from the background. */
    for (int round = 0; round < 3; round++)
        if (!puts_in_foreground(terminal))
            return 3 + round;
    return 0;
}

/* gotcha 11, 35: not stopped by SIGTTOU, where the parent would sleep for ever */
static void a_child_is_put_in_the_foreground(void **state) {
    (void)state;
    struct terminal made = new_terminal();
    int status;
    pid_t leader = fork();
    assert_true(leader >= 0);
    if (leader == 0)
        _exit(lead_session(made.terminal));
    assert_int_equal(waitpid(leader, &status, 0), leader);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    close_terminal(&made);
}

static void a_terminal_of_others_has_another_foreground(void **state) {
    (void)state;
    struct terminal made = new_terminal();
    char subject[16], message[96];
    fx_command command = command_of(ARGV("act", "terminal"));
    command.foreground = (fx_number)FX_NUMBER(made.terminal);
    (void)snprintf(subject, sizeof subject, "%d", made.terminal);
    fx_error error = assert_fails(&command, ENOTTY, FX_STEP_FOREGROUND, subject);
#ifdef __GLIBC__
    (void)snprintf(message, sizeof message, "tcsetpgrp(%d): Inappropriate ioctl for device",
                   made.terminal);
    assert_message(&error, message);
#else
    (void)error;
    (void)message;
#endif
    close_terminal(&made);
}

/* ---- what is no terminal ---- */

static void refuse(const fx_command *command, int code, const char *field, const char *message) {
    fx_error error = assert_fails(command, code, FX_STEP_COMMAND, field);
    assert_message(&error, message);
}

static void a_file_is_no_terminal(void **state) {
    (void)state;
    char message[96];
    int file = new_file();
    fx_command command = command_of(ARGV("act", "terminal"));
    command.foreground = (fx_number)FX_NUMBER(file);
    (void)snprintf(message, sizeof message, "foreground: descriptor %d is not a terminal", file);
    refuse(&command, ENOTTY, "foreground", message);
    command.foreground.set = false;
    command.new_session = true;
    command.controlling_terminal = (fx_number)FX_NUMBER(file);
    (void)snprintf(message, sizeof message, "controlling_terminal: descriptor %d is not a terminal",
                   file);
    refuse(&command, ENOTTY, "controlling_terminal", message);
    (void)close(file);
    (void)snprintf(message, sizeof message, "controlling_terminal: descriptor %d is not open",
                   file);
    refuse(&command, EBADF, "controlling_terminal", message);
}

static void an_old_session_gets_none(void **state) {
    (void)state;
    struct terminal made = new_terminal();
    fx_command command = at_terminal(&made, ARGV("act", "terminal"));
    command.new_session = false;
    refuse(&command, EINVAL, "controlling_terminal",
           "controlling_terminal: needs new_session, which has none yet");
    close_terminal(&made);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_session_has_no_terminal),
        cmocka_unit_test(a_new_session_gets_one),
        cmocka_unit_test(the_map_does_not_get_in_the_way),
        cmocka_unit_test(it_is_taken_from_no_other_session),
        cmocka_unit_test(a_child_is_put_in_the_foreground),
        cmocka_unit_test(a_terminal_of_others_has_another_foreground),
        cmocka_unit_test(a_file_is_no_terminal),
        cmocka_unit_test(an_old_session_gets_none),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
