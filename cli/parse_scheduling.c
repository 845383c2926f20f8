/* SPDX-License-Identifier: MIT
 *
 * Options: processor, priorities and memory pressure, as nice(1), chrt(1), taskset(1), ionice(1)
 * and choom(1) have them.
 */
#include <limits.h>
#include <string.h>

#include "value.h"

static int parse_nice(struct request *request, const struct option *option, const char *value) {
    (void)option;
    request->command.nice.set = true;
    return read_int(request, value, -40, 40, &request->command.nice.value);
}

static int parse_nice_absolute(struct request *request, const struct option *option,
                               const char *value) {
    (void)option;
    request->command.nice_absolute.set = true;
    return read_int(request, value, -20, 19, &request->command.nice_absolute.value);
}

/* One CPU, or FIRST-LAST, or FIRST-LAST:STRIDE. */
static int take_cpus(struct request *request, const char *item, void *context) {
    enum { CPUS_MAX = 1 << 16 };
    char before[32];
    char range[32];
    const char *last = item;
    const char *stride;
    int first_cpu = 0;
    int last_cpu = 0;
    int step = 1;
    int result = 0;
    (void)context;
    if (split(item, ':', before, sizeof before, &stride)) {
        result = read_int(request, stride, 1, CPUS_MAX, &step);
        item = last = before;
    }
    bool is_range = split(item, '-', range, sizeof range, &last);
    if (result == 0)
        result = read_int(request, is_range ? range : item, 0, CPUS_MAX, &first_cpu);
    if (result == 0)
        result = read_int(request, last, 0, CPUS_MAX, &last_cpu);
    if (result == 0 && last_cpu < first_cpu)
        result = complain(request, "the range \"%s\" ends before it begins", item);
    for (int cpu = first_cpu; result == 0 && cpu <= last_cpu; cpu += step) {
        int *added = list_add(&request->cpus, sizeof *added);
        *added = cpu;
    }
    return result;
}

static int parse_cpu_list(struct request *request, const struct option *option, const char *value) {
    (void)option;
    int result = for_each_item(request, value, take_cpus, NULL);
    request->command.affinity =
        (fx_cpus){.set = true, .count = request->cpus.count, .list = request->cpus.data};
    return result;
}

static int set_policy(struct request *request, const char *name, const char *priority) {
    fx_scheduling *scheduling = &request->command.scheduling;
    scheduling->set = true;
    int result = read_name(request, name, "a scheduling policy of this system",
                           fx_scheduling_number, &scheduling->policy);
    if (result == 0 && priority)
        result = read_int(request, priority, 0, INT_MAX, &scheduling->priority);
    return result;
}

static int parse_scheduling(struct request *request, const struct option *option,
                            const char *value) {
    char name[24];
    const char *priority;
    (void)option;
    if (split(value, ':', name, sizeof name, &priority))
        return set_policy(request, name, priority);
    return set_policy(request, value, NULL);
}

/* An option for each policy, named like it. */
static int parse_policy(struct request *request, const struct option *option, const char *value) {
    return set_policy(request, option->name, value);
}

/* What only says more of a policy comes after it in the table. */
static int need_policy(struct request *request, const char *policy) {
    if (request->command.scheduling.set)
        return 0;
    return complain(request, "needs a policy, such as %s", policy);
}

static int parse_sched_time(struct request *request, const struct option *option,
                            const char *value) {
    fx_scheduling *scheduling = &request->command.scheduling;
    unsigned long long *time = strcmp(option->name, "sched-runtime") == 0    ? &scheduling->runtime
                               : strcmp(option->name, "sched-deadline") == 0 ? &scheduling->deadline
                                                                             : &scheduling->period;
    int result = need_policy(request, "--deadline");
    return result < 0 ? result : read_count(request, value, ~0ULL, time);
}

static int parse_reset_on_fork(struct request *request, const struct option *option,
                               const char *value) {
    (void)option;
    (void)value;
    request->command.scheduling.reset_on_fork = true;
    return need_policy(request, "--other");
}

static bool has_levels(fx_io_class io_class) {
    return io_class == FX_IO_REALTIME || io_class == FX_IO_BEST_EFFORT;
}

static int parse_io_class(struct request *request, const struct option *option, const char *value) {
    enum { MIDDLE = 4 };
    int io_class = 0;
    (void)option;
    int result = read_name(request, value, "an I/O class", fx_io_class_number, &io_class);
    request->command.io_priority = (fx_io_priority){.set = true, .io_class = (fx_io_class)io_class};
    if (has_levels((fx_io_class)io_class))
        request->command.io_priority.level = MIDDLE;
    return result;
}

static int parse_io_level(struct request *request, const struct option *option, const char *value) {
    fx_io_priority *priority = &request->command.io_priority;
    (void)option;
    if (!priority->set)
        *priority = (fx_io_priority){.set = true, .io_class = FX_IO_BEST_EFFORT};
    return read_int(request, value, 0, 7, &priority->level);
}

static int parse_timer_slack(struct request *request, const struct option *option,
                             const char *value) {
    (void)option;
    request->command.timer_slack.set = true;
    return read_count(request, value, ULONG_MAX, &request->command.timer_slack.value);
}

static int parse_oom_score_adj(struct request *request, const struct option *option,
                               const char *value) {
    (void)option;
    request->command.oom_score_adj.set = true;
    return read_int(request, value, -1000, 1000, &request->command.oom_score_adj.value);
}

#define POLICY(policy, value_name, text)                                                           \
    {                                                                                              \
        .name = (policy), .metavar = (value_name), .excludes = "policy", .fields = "scheduling",   \
        .help = (text), .parse = parse_policy                                                      \
    }
#define SCHEDULING_TIME(option_name, text)                                                         \
    {                                                                                              \
        .name = (option_name), .metavar = "NS", .fields = "scheduling", .help = (text),            \
        .parse = parse_sched_time                                                                  \
    }

static const struct option options[] = {
    {.name = "nice",
     .aliases = "adjustment",
     .letter = 'n',
     .metavar = "N",
     .fields = "nice",
     .help = "add N to the niceness",
     .more = "More is more polite. Less needs a privilege.",
     .parse = parse_nice},
    {.name = "nice-absolute",
     .metavar = "N",
     .fields = "nice_absolute",
     .help = "be of this niceness, -20 to 19",
     .parse = parse_nice_absolute},
    {.name = "scheduling",
     .metavar = "POLICY[:PRIORITY]",
     .completion = COMPLETE_POLICY,
     .excludes = "policy",
     .fields = "scheduling",
     .help = "a scheduling policy, by name; or as below",
     .parse = parse_scheduling},
    POLICY("fifo", "PRIORITY", "SCHED_FIFO, in real time: 1 to 99"),
    POLICY("rr", "PRIORITY", "SCHED_RR, in real time by turns: 1 to 99"),
    POLICY("other", NULL, "SCHED_OTHER, the usual policy"),
    POLICY("batch", NULL, "SCHED_BATCH, for what nobody waits for"),
    POLICY("idle", NULL, "SCHED_IDLE, only when nothing else would run"),
    POLICY("deadline", NULL, "SCHED_DEADLINE, with the three times below"),
    SCHEDULING_TIME("sched-runtime", "how long it runs in each period, in nanoseconds"),
    SCHEDULING_TIME("sched-deadline", "until when it has run"),
    SCHEDULING_TIME("sched-period", "how often"),
    {.name = "reset-on-fork",
     .fields = "scheduling",
     .help = "what the command starts has the usual policy",
     .parse = parse_reset_on_fork},
    {.name = "cpu-list",
     .metavar = "LIST",
     .list = true,
     .completion = COMPLETE_CPU,
     .fields = "affinity",
     .help = "run on these processors only, such as 0-3,6",
     .more = "0-31:2 is every second one.",
     .parse = parse_cpu_list},
    {.name = "io-class",
     .aliases = "class",
     .metavar = "CLASS",
     .completion = COMPLETE_IO_CLASS,
     .fields = "io_priority",
     .help = "none, realtime, best-effort or idle; or 0 to 3",
     .parse = parse_io_class},
    {.name = "io-level",
     .aliases = "classdata",
     .metavar = "N",
     .fields = "io_priority",
     .help = "0 (first) to 7, within the class; 4 unless given",
     .more = "The class is best-effort if no other is given.",
     .parse = parse_io_level},
    {.name = "timer-slack",
     .metavar = "NS",
     .fields = "timer_slack",
     .help = "how late timers may be, in ns; 0: as now",
     .parse = parse_timer_slack},
    {.name = "oom-score-adj",
     .aliases = "adjust",
     .metavar = "N",
     .fields = "oom_score_adj",
     .help = "-1000 (never) to 1000 (first): to end for memory",
     .parse = parse_oom_score_adj},
};

const struct family scheduling_family = FAMILY("Scheduling", options);
