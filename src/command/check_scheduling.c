/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <sched.h>

#include "command.h"

#ifndef SCHED_DEADLINE
#define SCHED_DEADLINE 6
#endif

static int check_nice(const fx_command *command, fx_error *error) {
    if (command->nice.set && command->nice_absolute.set)
        return fx_error_command(error, -EINVAL, "nice_absolute", "excludes nice");
    if (command->nice.set && (command->nice.value < -40 || command->nice.value > 40))
        return fx_error_command(error, -EINVAL, "nice", "%d is not between -40 and 40",
                                command->nice.value);
    if (command->nice_absolute.set &&
        (command->nice_absolute.value < -20 || command->nice_absolute.value > 19))
        return fx_error_command(error, -EINVAL, "nice_absolute", "%d is not between -20 and 19",
                                command->nice_absolute.value);
    return 0;
}

static int check_deadline(const fx_scheduling *scheduling, fx_error *error) {
    unsigned long long period = scheduling->period ? scheduling->period : scheduling->deadline;
    if (scheduling->runtime == 0 || scheduling->runtime > scheduling->deadline ||
        scheduling->deadline > period)
        return fx_error_command(error, -EINVAL, "scheduling",
                                "deadline needs 0 < runtime <= deadline <= period");
    return 0;
}

static int check_policy(const fx_scheduling *scheduling, fx_error *error) {
    if (!scheduling->set)
        return 0;
    if (!fx_scheduling_name(scheduling->policy))
        return fx_error_command(error, -EINVAL, "scheduling", "%d is no policy",
                                scheduling->policy);
    if (scheduling->policy == SCHED_DEADLINE)
        return check_deadline(scheduling, error);
    if (scheduling->runtime || scheduling->deadline || scheduling->period)
        return fx_error_command(error, -EINVAL, "scheduling",
                                "runtime, deadline and period are for the policy deadline");
    bool real_time = scheduling->policy == SCHED_FIFO || scheduling->policy == SCHED_RR;
    int first = real_time ? 1 : 0, last = real_time ? 99 : 0;
    if (scheduling->priority < first || scheduling->priority > last)
        return fx_error_command(error, -EINVAL, "scheduling",
                                "the priority %d of the policy %s is not between %d and %d",
                                scheduling->priority, fx_scheduling_name(scheduling->policy), first,
                                last);
    return 0;
}

static int check_affinity(const fx_cpus *cpus, fx_error *error) {
    enum { MOST = 8191 };
    if (cpus->set && (cpus->count == 0 || !cpus->list))
        return fx_error_command(error, -EINVAL, "affinity", "must have at least one CPU");
    for (size_t i = 0; cpus->set && i < cpus->count; i++)
        if (cpus->list[i] < 0 || cpus->list[i] > MOST)
            return fx_error_command(error, -EINVAL, "affinity", "CPU %d is not between 0 and %d",
                                    cpus->list[i], MOST);
    return 0;
}

static int check_io_priority(const fx_io_priority *priority, fx_error *error) {
    if (!priority->set)
        return 0;
    if ((unsigned int)priority->io_class > FX_IO_IDLE)
        return fx_error_command(error, -EINVAL, "io_priority", "%d is no fx_io_class",
                                priority->io_class);
    bool has_levels =
        priority->io_class == FX_IO_REALTIME || priority->io_class == FX_IO_BEST_EFFORT;
    if (priority->level < 0 || priority->level > 7)
        return fx_error_command(error, -EINVAL, "io_priority", "level %d is not between 0 and 7",
                                priority->level);
    if (!has_levels && priority->level != 0)
        return fx_error_command(error, -EINVAL, "io_priority", "the class has no levels");
    return 0;
}

static int check_numbers(const fx_command *command, fx_error *error) {
    if (command->timer_slack.set && command->timer_slack.value > LONG_MAX)
        return fx_error_command(error, -EINVAL, "timer_slack", "%llu ns are too many",
                                command->timer_slack.value);
    const fx_number *score = &command->oom_score_adj;
    if (score->set && (score->value < -1000 || score->value > 1000))
        return fx_error_command(error, -EINVAL, "oom_score_adj", "%d is not between -1000 and 1000",
                                score->value);
    if (command->alarm > INT_MAX)
        return fx_error_command(error, -EINVAL, "alarm", "%u seconds are too many", command->alarm);
    return 0;
}

int fx_check_scheduling(const fx_command *command, fx_error *error) {
    int result = check_nice(command, error);
    if (result == 0)
        result = check_policy(&command->scheduling, error);
    if (result == 0)
        result = check_affinity(&command->affinity, error);
    if (result == 0)
        result = check_io_priority(&command->io_priority, error);
    return result < 0 ? result : check_numbers(command, error);
}
