/* SPDX-License-Identifier: MIT
 *
 * How the program is scheduled, as it finds it.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#include "looking.h"

static const char *own_path;

enum { NOBODY = 65534 };

static void assert_measured(const fx_command *command, const char *line) {
    char *said = LOOK_WITH("measure", command);
    assert_saw(said, "%s", line);
    free(said);
}

static void refuse(const fx_command *command, const char *field) {
    (void)assert_fails(command, EINVAL, FX_STEP_COMMAND, field);
}

/* Below its own, which takes privilege; seen only where there is none. */
static bool may_lower_nice(void) { return is_superuser(); }

/* Going up takes no privilege, wherever this process is already. */
static int at_least(int nice) {
    int own = getpriority(PRIO_PROCESS, 0);
    return own > nice ? own : nice;
}

static void nice_is_added(void **state) {
    char line[32];
    (void)state;
    fx_command command = idle_command();
    int now = getpriority(PRIO_PROCESS, 0);
    command.nice = (fx_number)FX_NUMBER(3);
    (void)snprintf(line, sizeof line, "nice %d", now + 3 > 19 ? 19 : now + 3);
    assert_measured(&command, line);
    command.nice = (fx_number)FX_NUMBER(40);
    assert_measured(&command, "nice 19");
}

static void nice_is_replaced(void **state) {
    (void)state;
    char line[32];
    fx_command command = idle_command();
    command.nice_absolute = (fx_number)FX_NUMBER(at_least(7));
    (void)snprintf(line, sizeof line, "nice %d", at_least(7));
    assert_measured(&command, line);
    command.nice = (fx_number)FX_NUMBER(1);
    refuse(&command, "nice_absolute");
}

static void lowering_nice_takes_privilege(void **state) {
    (void)state;
    fx_command command = idle_command();
    command.nice_absolute = (fx_number)FX_NUMBER(-5);
    if (may_lower_nice()) {
        assert_measured(&command, "nice -5");
        /* Raised before the identity is given up. */
        command = idle_command_of_its_own();
        command.nice_absolute = (fx_number)FX_NUMBER(-5);
        command.user = (fx_id)FX_ID(NOBODY);
        command.groups.set = true;
        assert_measured(&command, "nice -5");
        return;
    }
    fx_error error = assert_fails(&command, EACCES, FX_STEP_NICE, "-5");
    assert_message(&error, "setpriority(-5): Permission denied");
}

static void a_policy_is_set_and_nice_kept(void **state) {
    (void)state;
    fx_command command = idle_command();
    command.scheduling = (fx_scheduling){.set = true, .policy = SCHED_BATCH, .reset_on_fork = true};
    if (is_lacking(&command, "scheduling"))
        return;
    command.nice_absolute = (fx_number)FX_NUMBER(at_least(11));
    char *said = LOOK_WITH("measure", &command);
    assert_saw(said, "policy %d 0 1", SCHED_BATCH);
    assert_saw(said, "nice %d", at_least(11));
    free(said);
}

static void a_real_time_policy(void **state) {
    char line[32];
    (void)state;
    fx_command command = idle_command();
    command.scheduling = (fx_scheduling){.set = true, .policy = SCHED_FIFO, .priority = 7};
    if (is_lacking(&command, "scheduling"))
        return;
    (void)snprintf(line, sizeof line, "policy %d 7 0", SCHED_FIFO);
    if (is_superuser()) {
        assert_measured(&command, line);
        return;
    }
    fx_error error = assert_fails(&command, EPERM, FX_STEP_SCHEDULING, "fifo, 7");
    assert_message(&error, "sched_setattr(fifo, 7): Operation not permitted");
}

static void a_deadline(void **state) {
    (void)state;
    fx_command command = idle_command();
    command.scheduling = (fx_scheduling){
        .set = true, .policy = 6, .runtime = 1000000, .deadline = 5000000, .period = 10000000};
    if (is_lacking(&command, "scheduling"))
        return;
    if (is_superuser())
        assert_measured(&command, "deadline 1000000 5000000 10000000");
    else
        (void)assert_fails(&command, EPERM, FX_STEP_SCHEDULING,
                           "deadline, 1000000:5000000:10000000 ns");
    command.scheduling.runtime = 6000000;
    refuse(&command, "scheduling");
}

static void a_nonsensical_policy_is_refused(void **state) {
    (void)state;
    fx_command command = idle_command();
    command.scheduling = (fx_scheduling){.set = true, .policy = 77};
    refuse(&command, "scheduling");
    command.scheduling = (fx_scheduling){.set = true, .policy = SCHED_FIFO};
    refuse(&command, "scheduling");
    command.scheduling = (fx_scheduling){.set = true, .policy = SCHED_BATCH, .priority = 1};
    refuse(&command, "scheduling");
    command.scheduling = (fx_scheduling){.set = true, .policy = SCHED_BATCH, .runtime = 1};
    refuse(&command, "scheduling");
}

static void cpus_are_chosen(void **state) {
    static const int first[] = {0};
    (void)state;
    cpu_set_t own;
    assert_int_equal(sched_getaffinity(0, sizeof own, &own), 0);
    if (!CPU_ISSET(0, &own))
        skip();
    fx_command command = idle_command();
    command.affinity = (fx_cpus){true, 1, first};
    if (is_lacking(&command, "affinity"))
        return;
    assert_measured(&command, "cpus 0");
}

static void missing_cpus_are_refused(void **state) {
    static const int last[] = {8191}, negative[] = {-1};
    (void)state;
    fx_command command = idle_command();
    command.affinity = (fx_cpus){true, 1, last};
    if (is_lacking(&command, "affinity"))
        return;
    fx_error error = assert_fails(&command, EINVAL, FX_STEP_AFFINITY, "8191");
    assert_message(&error, "sched_setaffinity(8191): Invalid argument");
    command.affinity = (fx_cpus){true, 1, negative};
    refuse(&command, "affinity");
    command.affinity = (fx_cpus){true, 0, NULL};
    refuse(&command, "affinity");
}

static void io_priority_is_set(void **state) {
    (void)state;
    fx_command command = idle_command();
    command.io_priority = (fx_io_priority){true, FX_IO_BEST_EFFORT, 6};
    if (is_lacking(&command, "io_priority"))
        return;
    assert_measured(&command, "io 2 6");
    command.io_priority = (fx_io_priority){true, FX_IO_IDLE, 0};
    assert_measured(&command, "io 3 0");
}

static void io_in_real_time_takes_privilege(void **state) {
    (void)state;
    fx_command command = idle_command();
    command.io_priority = (fx_io_priority){true, FX_IO_REALTIME, 3};
    if (is_lacking(&command, "io_priority"))
        return;
    if (is_superuser()) {
        assert_measured(&command, "io 1 3");
    } else {
        fx_error error = assert_fails(&command, EPERM, FX_STEP_IO_PRIORITY, "realtime, 3");
        assert_message(&error, "ioprio_set(realtime, 3): Operation not permitted");
    }
    command.io_priority = (fx_io_priority){true, (fx_io_class)9, 0};
    refuse(&command, "io_priority");
    command.io_priority = (fx_io_priority){true, FX_IO_BEST_EFFORT, 8};
    refuse(&command, "io_priority");
    command.io_priority = (fx_io_priority){true, FX_IO_IDLE, 1};
    refuse(&command, "io_priority");
}

static void timer_slack_is_set(void **state) {
    (void)state;
    fx_command command = idle_command();
    command.timer_slack = (fx_count)FX_COUNT(123456);
    if (is_lacking(&command, "timer_slack"))
        return;
    assert_measured(&command, "slack 123456");
    /* A child's default is what its parent's thread has. */
    char line[32];
    (void)snprintf(line, sizeof line, "slack %d", prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0));
    command.timer_slack = (fx_count)FX_COUNT(0);
    assert_measured(&command, line);
    command.timer_slack = (fx_count)FX_COUNT(~0ULL);
    refuse(&command, "timer_slack");
}

static void the_oom_score_is_set(void **state) {
    (void)state;
    fx_command command = idle_command();
    command.oom_score_adj = (fx_number)FX_NUMBER(777);
    if (is_lacking(&command, "oom_score_adj"))
        return;
    assert_measured(&command, "oom 777");
    command.oom_score_adj = (fx_number)FX_NUMBER(1001);
    refuse(&command, "oom_score_adj");
}

static void lowering_the_oom_score_takes_privilege(void **state) {
    (void)state;
    fx_command command = idle_command();
    command.oom_score_adj = (fx_number)FX_NUMBER(-1000);
    if (is_lacking(&command, "oom_score_adj"))
        return;
    if (may_raise_limits()) {
        assert_measured(&command, "oom -1000");
        return;
    }
    fx_error error = assert_fails(&command, EACCES, FX_STEP_OOM_SCORE_ADJ, "-1000");
    assert_message(&error, "oom_score_adj(-1000): Permission denied");
    /* What need not succeed is skipped, and said. */
    const fx_step best_effort[] = {FX_STEP_OOM_SCORE_ADJ};
    command = command_of(ARGV("act", "exit", "0"));
    command.oom_score_adj = (fx_number)FX_NUMBER(-1000);
    command.best_effort = best_effort;
    command.best_effort_count = 1;
    fx_child child = start(&command);
    assert_int_equal(child.skipped_count, 1);
    assert_int_equal(child.skipped[0].step, FX_STEP_OOM_SCORE_ADJ);
    assert_int_equal(child.skipped[0].code, -EACCES);
    assert_int_equal(finish(&child).code, 0);
}

static void an_alarm_is_set(void **state) {
    (void)state;
    fx_command command = idle_command();
    assert_measured(&command, "alarm 0");
    command.alarm = 1000;
    assert_measured(&command, "alarm 1");
}

static void an_alarm_ends_what_does_nothing_about_it(void **state) {
    (void)state;
    fx_command command = command_of(ARGV("act", "hold"));
    command.stdio[0].kind = FX_STDIO_PIPE;
    command.alarm = 1;
    fx_child child = start(&command);
    fx_exit end = {.size = sizeof end};
    assert_int_equal(fx_wait(&child, -1, 0, &end), 0);
    assert_int_equal(end.signal, SIGALRM);
    fx_child_close(&child);
    command.alarm = ~0U;
    refuse(&command, "alarm");
}

static void unprivileged_as_well(void **state) {
    (void)state;
    if (is_superuser())
        run_again_unprivileged(own_path);
}

int main(int argc, char **argv) {
    own_path = argc > 0 ? argv[0] : "";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nice_is_added),
        cmocka_unit_test(nice_is_replaced),
        cmocka_unit_test(lowering_nice_takes_privilege),
        cmocka_unit_test(a_policy_is_set_and_nice_kept),
        cmocka_unit_test(a_real_time_policy),
        cmocka_unit_test(a_deadline),
        cmocka_unit_test(a_nonsensical_policy_is_refused),
        cmocka_unit_test(cpus_are_chosen),
        cmocka_unit_test(missing_cpus_are_refused),
        cmocka_unit_test(io_priority_is_set),
        cmocka_unit_test(io_in_real_time_takes_privilege),
        cmocka_unit_test(timer_slack_is_set),
        cmocka_unit_test(the_oom_score_is_set),
        cmocka_unit_test(lowering_the_oom_score_takes_privilege),
        cmocka_unit_test(an_alarm_is_set),
        cmocka_unit_test(an_alarm_ends_what_does_nothing_about_it),
        cmocka_unit_test(unprivileged_as_well),
    };
    return cmocka_run_group_tests(tests, begin_group, end_group);
}
