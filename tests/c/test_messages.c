/* SPDX-License-Identifier: MIT
 *
 * What failures say: a sentence with the step, its subject and the reason; or the field of the
 * command and what is wrong with it.
 */
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "support.h"

enum { CLOSED = 999 };

static const int one_closed[] = {CLOSED}, negative[] = {-1}, zero[] = {0};
static const int kill_only[] = {SIGKILL}, no_signal[] = {4711}, interrupt[] = {SIGINT};
static const fx_map negative_child[] = {{-1, 0}}, closed_parent[] = {{5, CLOSED}};
static const fx_map twice[] = {{5, 0}, {5, 1}};
static const char *const no_equals[] = {"NAME", NULL}, *const equals[] = {"A=1", NULL};
static const char *const none[] = {NULL};
static const fx_limit unknown_limit[] = {{.resource = 4711, .soft = {FX_LIMIT_VALUE, 1}}};
static const fx_limit above[] = {
    {.resource = RLIMIT_CORE, .soft = {FX_LIMIT_VALUE, 2}, .hard = {FX_LIMIT_VALUE, 1}}};
static const fx_limit limit_twice[] = {
    {.resource = RLIMIT_CORE, .soft = {FX_LIMIT_VALUE, 1}},
    {.resource = RLIMIT_CORE, .soft = {FX_LIMIT_VALUE, 2}},
};
static const fx_step exec_step[] = {FX_STEP_EXEC};

/* Where a command is refused: nothing was started. */
static const struct {
    fx_command command;
    const char *message;
} refused[] = {
    {{.search = (fx_search)9}, "search: 9 is no fx_search"},
    {{.candidates = none}, "candidates: must have at least one element"},
    {{.environment_set = no_equals}, "environment_set: \"NAME\" is not of the form NAME=value"},
    {{.environment_unset = equals}, "environment_unset: \"A=1\" is not a variable's name"},
    {{.directory = "/", .directory_fd = FX_NUMBER(0)}, "directory_fd: excludes directory"},
    {{.directory_fd = FX_NUMBER(CLOSED)}, "directory_fd: descriptor 999 is not open"},
    {{.directory_when = (fx_directory_when)7}, "directory_when: 7 is no fx_directory_when"},
    {{.process_group = FX_NUMBER(-4)}, "process_group: -4 is negative"},
    {{.process_group = FX_NUMBER(0), .new_session = true},
     "process_group: excludes new_session, which makes a group of its own"},
    {{.user = FX_ID(1)},
     "groups: must be decided on when user is set: the supplementary groups of the parent would "
     "be kept"},
    {{.umask = FX_NUMBER(01000)}, "umask: 01000 is not between 0 and 0777"},
    {{.order = (fx_order)5}, "order: 5 is no fx_order"},
    {{.mechanism = (fx_mechanism)55}, "mechanism: 55 is no fx_mechanism"},
    {{.map = negative_child, .map_count = 1}, "map: entry 0: child number -1 is negative"},
    {{.map = closed_parent, .map_count = 1}, "map: entry 0: descriptor 999 is not open"},
    {{.map = twice, .map_count = 2}, "map: child number 5 is given twice"},
    {{.keep = one_closed, .keep_count = 1}, "keep: descriptor 999 is not open"},
    {{.keep = negative, .keep_count = 1}, "keep: descriptor -1 is not open"},
    {{.close = zero, .close_count = 1, .keep = zero, .keep_count = 1},
     "close: descriptor 0 is also in the map, kept or exempt"},
    {{.limits = unknown_limit, .limit_count = 1}, "limits: 4711 is no resource of this system"},
    {{.limits = above, .limit_count = 1}, "limits: core: the soft limit is above the hard limit"},
    {{.limits = limit_twice, .limit_count = 2}, "limits: core is given twice"},
    {{.best_effort = exec_step, .best_effort_count = 1}, "best_effort: program is always required"},
    {{.ignored_signals = {true, 1, kill_only}}, "ignored_signals: signal 9 cannot be ignored"},
    {{.default_signals = {true, 1, no_signal}}, "default_signals: 4711 is no signal"},
    {{.blocked_signals = {true, 1, interrupt}, .block_signals = {true, 1, interrupt}},
     "blocked_signals: is the whole mask: it excludes block_signals and unblock_signals"},
    {{.block_signals = {true, 1, interrupt}, .unblock_signals = {true, 1, interrupt}},
     "unblock_signals: signal 2 is also in block_signals"},
    {{.default_signals = {true, 1, interrupt}, .ignored_signals = {true, 1, interrupt}},
     "ignored_signals: signal 2 is also in default_signals"},
    {{.controlling_terminal = FX_NUMBER(CLOSED), .new_session = true},
     "controlling_terminal: descriptor 999 is not open"},
    {{.controlling_terminal = FX_NUMBER(0)},
     "controlling_terminal: needs new_session, which has none yet"},
    {{.foreground = FX_NUMBER(CLOSED)}, "foreground: descriptor 999 is not open"},
    {{.nice = FX_NUMBER(1), .nice_absolute = FX_NUMBER(1)}, "nice_absolute: excludes nice"},
    {{.nice_absolute = FX_NUMBER(40)}, "nice_absolute: 40 is not between -20 and 19"},
    {{.scheduling = {.set = true, .policy = 77}}, "scheduling: 77 is no policy"},
    {{.scheduling = {.set = true, .policy = SCHED_FIFO, .priority = 0}},
     "scheduling: the priority 0 of the policy fifo is not between 1 and 99"},
    {{.affinity = {.set = true}}, "affinity: must have at least one CPU"},
    {{.affinity = {true, 1, negative}}, "affinity: CPU -1 is not between 0 and 8191"},
    {{.io_priority = {true, (fx_io_class)9, 0}}, "io_priority: 9 is no fx_io_class"},
    {{.io_priority = {true, FX_IO_BEST_EFFORT, 8}}, "io_priority: level 8 is not between 0 and 7"},
    {{.oom_score_adj = FX_NUMBER(1001)}, "oom_score_adj: 1001 is not between -1000 and 1000"},
    {{.user_name = "no-such-user", .keep_groups = true},
     "user_name: there is no user \"no-such-user\""},
    {{.group_name = "no-such-group"}, "group_name: there is no group \"no-such-group\""},
    {{.user_name = "root", .user = FX_ID(1), .keep_groups = true}, "user_name: excludes user"},
    {{.groups_of_user = true}, "groups_of_user: needs a user"},
    {{.ambient_capabilities = {true, 1ULL << 63}},
     "ambient_capabilities: this kernel has no capability 63"},
    {{.securebits = FX_NUMBER(-1)}, "securebits: 0xffffffff has more than SECBIT_* in it"},
    {{.chroot = "/", .chroot_fd = FX_NUMBER(0)}, "chroot_fd: excludes chroot"},
    {{.chroot_fd = FX_NUMBER(CLOSED)}, "chroot_fd: descriptor 999 is not open"},
    {{.seccomp = zero, .seccomp_size = 3, .no_new_privs = true},
     "seccomp: 3 bytes are no number of instructions of 8 bytes"},
    {{.landlock_fd = FX_NUMBER(CLOSED), .no_new_privs = true},
     "landlock_fd: descriptor 999 is not open"},
    {{.unshare = 1}, "unshare: 0x1 is no kind of namespace"},
    {{.cgroup = "/", .cgroup_fd = FX_NUMBER(0)}, "cgroup_fd: excludes cgroup"},
    {{.dumpable = FX_NUMBER(7)}, "dumpable: 7 is neither 0 nor 1"},
    {{.death_signal = 4711}, "death_signal: 4711 is no signal"},
    {{.pid_variable = "A=B"}, "pid_variable: \"A=B\" is not a variable's name"},
    {{.listen = one_closed, .listen_count = 1}, "listen: descriptor 999 is not open"},
    {{.gate = FX_NUMBER(CLOSED)}, "gate: descriptor 999 is not open"},
    {{.program_fd = FX_NUMBER(CLOSED)}, "program_fd: descriptor 999 is not open"},
    {{.program_fd = FX_NUMBER(0), .program = "x"}, "program_fd: excludes program"},
};

/* Where the child fails. */
static const struct {
    fx_command command;
    const char *message;
} failed[] = {
    {{.directory = "/nonexistent"}, "chdir(\"/nonexistent\"): No such file or directory"},
    {{.directory = "/dev/null"}, "chdir(\"/dev/null\"): Not a directory"},
    {{.program = "/nonexistent/program"}, "exec(\"/nonexistent/program\"): program not found"},
    {{.program = "/"}, "exec(\"/\"): Permission denied"},
    {{.program = "no-such-program", .environment_set = (const char *const[]){"PATH=/bin", NULL}},
     "exec(\"no-such-program\"): program not found in PATH \"/bin\""},
    {{.process_group = FX_NUMBER(1)}, "setpgid(0, 1): Operation not permitted"},
    {{.chroot = "/nonexistent"}, "chroot(\"/nonexistent\"): No such file or directory"},
    {{.chroot = "/dev/null"}, "chroot(\"/dev/null\"): Not a directory"},
    {{.cgroup = "/nonexistent"}, "cgroup(\"/nonexistent\"): No such file or directory"},
};

/* Where a system has no such thing, it is that which is said. */
static bool is_lacking(const fx_error *error) {
    fx_facility facility = {.size = sizeof facility};
    for (size_t n = 0; fx_look_up_facility(n, &facility) == 0; n++)
        if (strcmp(facility.name, error->subject) == 0)
            return !facility.usable && error->step == FX_STEP_COMMAND;
    return false;
}

static void check(const fx_command *given, const char *expected, bool started, int *wrong) {
    char text[FX_MESSAGE_MAX];
    fx_error error = {.size = sizeof error};
    fx_child child = {.size = sizeof child};
    fx_command command = *given;
    fx_command base = command_of(ARGV("act", "exit", "0"));
    command.size = sizeof command;
    command.argv = base.argv;
    if (!command.program && !command.program_fd.set)
        command.program = base.program;
    int result = fx_spawn(&command, &child, &error);
    assert_true(result < 0);
    (void)fx_error_message(&error, text, sizeof text);
    if (is_lacking(&error))
        return;
    assert_int_equal(error.step == FX_STEP_COMMAND, !started);
    if (strcmp(text, expected) == 0)
        return;
    print_error("said:     %s\nexpected: %s\n", text, expected);
    ++*wrong;
}

static void what_is_refused_is_said(void **state) {
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        check(&refused[i].command, refused[i].message, false, &wrong);
    assert_int_equal(wrong, 0);
}

static void what_failed_is_said(void **state) {
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < sizeof failed / sizeof failed[0]; i++)
        check(&failed[i].command, failed[i].message, true, &wrong);
    assert_int_equal(wrong, 0);
}

static void there_are_enough(void **state) {
    (void)state;
    assert_true(sizeof refused / sizeof refused[0] + sizeof failed / sizeof failed[0] >= 60);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_refused_is_said),
        cmocka_unit_test(what_failed_is_said),
        cmocka_unit_test(there_are_enough),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
