/* SPDX-License-Identifier: MIT
 *
 * What the library itself puts into the environment, or drops from it: the child's own pid,
 * sockets handed over, variables that change how programs start.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support.h"

static int count_of(const char *report, const char *beginning) {
    int count = 0;
    for (const char *at = report; *at; at += strcspn(at, "\n") + 1)
        count += strncmp(at, beginning, strlen(beginning)) == 0;
    return count;
}

static void refuse(const fx_command *command, int code, const char *field, const char *message) {
    fx_error error = assert_fails(command, code, FX_STEP_COMMAND, field);
    assert_message(&error, message);
}

/* ---- the child's own pid ---- */

static void a_variable_has_the_pid(void **state) {
    (void)state;
    fx_command command = command_of(NULL);
    command.pid_variable = "MY_PID";
    char *report = see(&command);
    assert_saw(report, "environment MY_PID=%lld", seen_number(report, "pid", 0));
    assert_int_equal(count_of(report, "environment MY_PID="), 1);
    free(report);
}

static void it_takes_the_place_of_others(void **state) {
    (void)state;
    assert_int_equal(setenv("MY_PID", "of the parent", 1), 0);
    fx_command command = command_of(NULL);
    command.pid_variable = "MY_PID";
    command.environment_unset = (const char *[]){"MY_PID", NULL};
    char *report = see(&command);
    assert_saw(report, "environment MY_PID=%lld", seen_number(report, "pid", 0));
    assert_int_equal(count_of(report, "environment MY_PID"), 1);
    free(report);
    assert_string_equal(getenv("MY_PID"), "of the parent");
    assert_int_equal(unsetenv("MY_PID"), 0);
}

static void it_is_added_to_what_is_given(void **state) {
    (void)state;
    fx_command command = command_of(NULL);
    command.environment = (char *[]){(char[]){"A=1"}, (char[]){"MY_PID=2"}, NULL};
    command.environment_set = (const char *[]){"B=3", NULL};
    command.pid_variable = "MY_PID";
    char *report = see(&command);
    assert_saw(report, "environment MY_PID=%lld", seen_number(report, "pid", 0));
    assert_saw(report, "environment A=1");
    assert_saw(report, "environment B=3");
    assert_int_equal(count_of(report, "environment "), 3);
    free(report);
}

/* A plan is shared by its launches; what the child writes is not. */
static void each_launch_has_its_own(void **state) {
    enum { LAUNCHES = 3 };
    (void)state;
    fx_child children[LAUNCHES];
    fx_command command = command_of(ARGV("sh", "-c", "read line; test \"$MY_PID\" = $$"));
    command.program = "/bin/sh";
    command.stdio[0].kind = FX_STDIO_PIPE;
    command.pid_variable = "MY_PID";
    fx_plan *plan;
    assert_int_equal(fx_compile(&command, &plan, NULL), 0);
    for (int i = 0; i < LAUNCHES; i++) {
        children[i] = (fx_child){.size = sizeof children[i]};
        assert_int_equal(fx_launch(plan, &children[i], NULL), 0);
    }
    fx_plan_free(plan);
    for (int i = 0; i < LAUNCHES; i++) {
        (void)close(children[i].stdio[0]);
        children[i].stdio[0] = -1;
        assert_int_equal(finish(&children[i]).code, 0);
    }
}

static int set_variable(void *argument) {
    (void)argument;
    return setenv("BY_CALLBACK", "1", 1);
}

/* With a variable of the child's own the environment is a copy. */
static void a_callback_comes_too_late(void **state) {
    (void)state;
    fx_command command = command_of(NULL);
    command.mechanism = callback_mechanism();
    command.callback.function = set_variable;
    char *report = see(&command);
    assert_saw(report, "environment BY_CALLBACK=1");
    free(report);
    command.pid_variable = "MY_PID";
    report = see(&command);
    assert_saw(report, "environment MY_PID=%lld", seen_number(report, "pid", 0));
    assert_not_saw(report, "environment BY_CALLBACK=1");
    free(report);
}

static void it_must_be_a_name(void **state) {
    (void)state;
    fx_command command = command_of(ARGV("act", "exit", "0"));
    command.pid_variable = "A=B";
    refuse(&command, EINVAL, "pid_variable", "pid_variable: \"A=B\" is not a variable's name");
    command.pid_variable = "";
    refuse(&command, EINVAL, "pid_variable", "pid_variable: \"\" is not a variable's name");
}

static void it_has_one_value(void **state) {
    (void)state;
    fx_command command = command_of(ARGV("act", "exit", "0"));
    command.pid_variable = "A";
    command.environment_set = (const char *[]){"AB=1", "A=1", NULL};
    refuse(&command, EINVAL, "pid_variable",
           "pid_variable: \"A\" has a value already, in environment_set or by listen");
}

/* ---- sockets handed over ---- */

static void sockets_are_handed_over(void **state) {
    (void)state;
    const int files[] = {new_file(), new_file()};
    const int given = new_file(), kept = new_file_at(40);
    const fx_map map[] = {{.child = 20, .parent = given}};
    assert_int_equal(setenv("LISTEN_FDS", "9", 1), 0);
    assert_int_equal(setenv("LISTEN_PIDFDID", "8", 1), 0);
    assert_int_equal(setenv("LISTEN_ADDRESS", "stays", 1), 0);
    fx_command command = command_of(NULL);
    command.listen = files;
    command.listen_count = 2;
    command.listen_names = (const char *[]){"http", "", NULL};
    command.map = map;
    command.map_count = 1;
    command.keep = &kept;
    command.keep_count = 1;
    command.environment_set = (const char *[]){"A=1", NULL};
    command.environment_unset = (const char *[]){"PATH", NULL};
    command.pid_variable = "MY_PID";
    char *report = see(&command);
    assert_saw(report, "environment LISTEN_PID=%lld", seen_number(report, "pid", 0));
    assert_saw(report, "environment MY_PID=%lld", seen_number(report, "pid", 0));
    assert_saw(report, "environment LISTEN_FDS=2");
    assert_saw(report, "environment LISTEN_FDNAMES=http:");
    assert_saw(report, "environment LISTEN_ADDRESS=stays");
    assert_saw(report, "environment A=1");
    assert_int_equal(count_of(report, "environment LISTEN_"), 4);
    assert_int_equal(count_of(report, "environment PATH="), 0);
    assert_saw_file(report, 3, files[0]);
    assert_saw_file(report, 4, files[1]);
    assert_saw_file(report, 20, given);
    assert_saw_file(report, 40, kept);
    free(report);
    assert_int_equal(unsetenv("LISTEN_FDS"), 0);
    assert_int_equal(unsetenv("LISTEN_PIDFDID"), 0);
    assert_int_equal(unsetenv("LISTEN_ADDRESS"), 0);
    (void)close(files[0]);
    (void)close(files[1]);
    (void)close(given);
    (void)close(kept);
}

/* Also by a plan, which has to have copies of all this; and without names. */
static void a_plan_hands_over_too(void **state) {
    (void)state;
    const int file = new_file();
    fx_command command =
        command_of(ARGV("sh", "-c",
                        "test \"$LISTEN_PID $LISTEN_FDS ${LISTEN_FDNAMES-none}\" = "
                        "\"$$ 1 none\" && echo x >&3"));
    command.program = "/bin/sh";
    command.listen = &file;
    command.listen_count = 1;
    command.pid_variable = "LISTEN_PID";
    fx_plan *plan;
    assert_int_equal(fx_compile(&command, &plan, NULL), 0);
    for (int i = 0; i < 2; i++) {
        fx_child child = {.size = sizeof child};
        assert_int_equal(fx_launch(plan, &child, NULL), 0);
        assert_int_equal(finish(&child).code, 0);
    }
    fx_plan_free(plan);
    assert_int_equal(lseek(file, 0, SEEK_END), 4);
    (void)close(file);
}

static void numbers_handed_over_are_nobody_elses(void **state) {
    (void)state;
    const int files[] = {new_file(), new_file()};
    const fx_map map[] = {{.child = 4, .parent = files[0]}};
    fx_command command = command_of(ARGV("act", "exit", "0"));
    command.listen = files;
    command.listen_count = 2;
    command.map = map;
    command.map_count = 1;
    refuse(&command, EINVAL, "listen", "listen: child number 4 is also in map");
    command.map_count = 0;
    command.keep = files;
    command.keep_count = 1;
    assert_int_equal(files[0], 3);
    refuse(&command, EINVAL, "listen", "listen: child number 3 is also in keep");
    command.keep_count = 0;
    command.environment_set = (const char *[]){"LISTEN_FDS=1", NULL};
    refuse(&command, EINVAL, "listen", "listen: excludes LISTEN_FDS in environment_set");
    command.environment_set = NULL;
    command.pid_variable = "LISTEN_FDS";
    (void)assert_fails(&command, EINVAL, FX_STEP_COMMAND, "pid_variable");
    command.pid_variable = NULL;
    (void)close(files[1]);
    char message[64];
    (void)snprintf(message, sizeof message, "listen: descriptor %d is not open", files[1]);
    refuse(&command, EBADF, "listen", message);
    (void)close(files[0]);
}

static void names_fit_their_sockets(void **state) {
    (void)state;
    static char long_name[257];
    const int file = new_file();
    fx_command command = command_of(ARGV("act", "exit", "0"));
    command.listen_names = (const char *[]){"a", NULL};
    refuse(&command, EINVAL, "listen_names", "listen_names: are 1, for 0 descriptors in listen");
    command.listen_count = 1;
    refuse(&command, EINVAL, "listen", "listen: the list is NULL");
    command.listen = &file;
    command.listen_names = (const char *[]){"a", "b", NULL};
    refuse(&command, EINVAL, "listen_names", "listen_names: are 2, for 1 descriptors in listen");
    command.listen_names = (const char *[]){"a:b", NULL};
    refuse(&command, EINVAL, "listen_names",
           "listen_names: \"a:b\" is no name: at most 255 printable characters of ASCII, without "
           "a colon");
    memset(long_name, 'x', 256);
    command.listen_names = (const char *[]){long_name, NULL};
    (void)assert_fails(&command, EINVAL, FX_STEP_COMMAND, "listen_names");
    long_name[255] = '\0';
    assert_exits(&command, 0);
    (void)close(file);
}

/* ---- a clean environment ---- */

static void what_changes_how_programs_start_is_dropped(void **state) {
    (void)state;
    static const char *const dropped[] = {
        "LD_PRELOAD=/x", "DYLD_INSERT_LIBRARIES=/x", "GLIBC_TUNABLES=x", "MALLOC_TRACE=/x",
        "PYTHONPATH=/x", "PYTHONSTARTUP=/x",         "PERL5OPT=-Mx",     "PERLLIB=/x",
        "RUBYOPT=-rx",   "NODE_OPTIONS=-rx",         "BASH_ENV=/x",      "ENV=/x",
        "IFS=x",         "BASH_FUNC_ls%%=() { x; }", "any=() { :;}; x",  "GCONV_PATH=/x",
        "LOCPATH=/x",    "JAVA_TOOL_OPTIONS=-x",     "LUA_INIT_5_4=x",   "SHELLOPTS=xtrace",
        "RES_OPTIONS=x", "OPENSSL_CONF=/x",          "LOCALDOMAIN=x",    "CDPATH=/x",
    };
    static const char *const kept[] = {
        "PATH=/bin", "HOME=/",        "LANG=C",  "LC_ALL=C",  "TZ=UTC",         "TMPDIR=/x",
        "TERM=dumb", "ENVIRONMENT=x", "LDFLAGS", "USER=x",    "DISPLAY=:0",     "IFSX=1",
        "SHELL=/x",  "http_proxy=x",  "A=",      "RUBY_GC=1", "no equals sign",
    };
    enum { DROPPED = sizeof dropped / sizeof dropped[0], KEPT = sizeof kept / sizeof kept[0] };
    const char *list[DROPPED + KEPT + 1];
    memcpy(list, dropped, sizeof dropped);
    memcpy(list + DROPPED, kept, sizeof kept);
    list[DROPPED + KEPT] = NULL;
    fx_command command = command_of(NULL);
    command.environment = (char *const *)list;
    command.environment_clean = true;
    char *report = see(&command);
    for (size_t i = 0; i < KEPT; i++)
        assert_saw(report, "environment %s", kept[i]);
    assert_int_equal(count_of(report, "environment "), KEPT);
    free(report);
}

/* Also from what is inherited; but what the command itself sets, it means. */
static void what_is_set_stays(void **state) {
    (void)state;
    assert_int_equal(setenv("LD_LIBRARY_PATH", "/x", 1), 0);
    assert_int_equal(setenv("PYTHONHOME", "/x", 1), 0);
    fx_command command = command_of(NULL);
    command.environment_clean = true;
    command.environment_set = (const char *[]){"PYTHONHOME=/y", NULL};
    char *report = see(&command);
    assert_int_equal(count_of(report, "environment LD_"), 0);
    assert_saw(report, "environment PYTHONHOME=/y");
    assert_int_equal(count_of(report, "environment PYTHON"), 1);
    free(report);
    assert_string_equal(getenv("LD_LIBRARY_PATH"), "/x");
    assert_int_equal(unsetenv("LD_LIBRARY_PATH"), 0);
    assert_int_equal(unsetenv("PYTHONHOME"), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_variable_has_the_pid),
        cmocka_unit_test(it_takes_the_place_of_others),
        cmocka_unit_test(it_is_added_to_what_is_given),
        cmocka_unit_test(each_launch_has_its_own),
        cmocka_unit_test(a_callback_comes_too_late),
        cmocka_unit_test(it_must_be_a_name),
        cmocka_unit_test(it_has_one_value),
        cmocka_unit_test(sockets_are_handed_over),
        cmocka_unit_test(a_plan_hands_over_too),
        cmocka_unit_test(numbers_handed_over_are_nobody_elses),
        cmocka_unit_test(names_fit_their_sockets),
        cmocka_unit_test(what_changes_how_programs_start_is_dropped),
        cmocka_unit_test(what_is_set_stays),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
