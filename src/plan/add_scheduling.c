/* SPDX-License-Identifier: MIT */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "names/io_class.h"
#include "steps.h"

static void add_nice(struct fx_builder *builder) {
    const fx_command *command = builder->command;
    const fx_number *nice = command->nice.set ? &command->nice : &command->nice_absolute;
    if (nice->set)
        fx_add(builder, (struct fx_plan_step){.kind = FX_STEP_NICE,
                                              .index = -1,
                                              .number = nice->value,
                                              .size = command->nice.set});
}

static int highest(const fx_cpus *cpus) {
    int found = 0;
    for (size_t i = 0; i < cpus->count; i++)
        found = cpus->list[i] > found ? cpus->list[i] : found;
    return found;
}

static void add_affinity(struct fx_builder *builder) {
    enum { BITS = CHAR_BIT * sizeof(unsigned long) };
    const fx_cpus *cpus = &builder->command->affinity;
    if (!cpus->set)
        return;
    size_t words = (size_t)highest(cpus) / BITS + 1;
    unsigned long *mask = fx_block_take(builder->block, words, sizeof *mask);
    if (mask) {
        memset(mask, 0, words * sizeof *mask);
        for (size_t i = 0; i < cpus->count; i++)
            mask[cpus->list[i] / BITS] |= 1UL << cpus->list[i] % BITS;
    }
    fx_add(builder,
           (struct fx_plan_step){
               .kind = FX_STEP_AFFINITY, .index = -1, .data = mask, .size = words * sizeof *mask});
}

static void add_oom_score_adj(struct fx_builder *builder) {
    const fx_number *score = &builder->command->oom_score_adj;
    enum { MOST_DIGITS = 8 };
    if (!score->set)
        return;
    char *text = fx_block_bytes(builder->block, MOST_DIGITS);
    int length = text ? snprintf(text, MOST_DIGITS, "%d", score->value) : 0;
    fx_add(builder, (struct fx_plan_step){.kind = FX_STEP_OOM_SCORE_ADJ,
                                          .index = -1,
                                          .number = score->value,
                                          .path = text,
                                          .size = (size_t)length});
}

static void add_copy(struct fx_builder *builder, fx_step kind, const void *value, size_t size) {
    const void *copy = fx_copy_list(builder, value, 1, size);
    fx_add(builder, (struct fx_plan_step){.kind = kind, .index = -1, .data = copy});
}

void fx_add_scheduling(struct fx_builder *builder) {
    const fx_command *command = builder->command;
    if (command->scheduling.set)
        add_copy(builder, FX_STEP_SCHEDULING, &command->scheduling, sizeof command->scheduling);
    add_nice(builder);
    add_affinity(builder);
    if (command->io_priority.set)
        add_copy(builder, FX_STEP_IO_PRIORITY, &command->io_priority, sizeof command->io_priority);
    if (command->timer_slack.set)
        fx_add_number(builder, FX_STEP_TIMER_SLACK, (long)command->timer_slack.value);
    add_oom_score_adj(builder);
    if (command->alarm)
        fx_add_number(builder, FX_STEP_ALARM, (long)command->alarm);
}

/* ---- subjects ---- */

void fx_print_scheduling(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                         char *text, size_t size) {
    const fx_scheduling *scheduling = step ? step->data : NULL;
    (void)plan;
    (void)index;
    if (!scheduling)
        return;
    const char *name = fx_scheduling_name(scheduling->policy);
    const char *reset = scheduling->reset_on_fork ? ", reset on fork" : "";
    name = name ? name : "?";
    if (scheduling->runtime)
        (void)snprintf(text, size, "%s, %llu:%llu:%llu ns%s", name, scheduling->runtime,
                       scheduling->deadline, scheduling->period, reset);
    else
        (void)snprintf(text, size, "%s, %d%s", name, scheduling->priority, reset);
}

void fx_print_nice(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                   char *text, size_t size) {
    (void)plan;
    (void)index;
    if (step)
        (void)snprintf(text, size, step->size ? "%+ld" : "%ld", step->number);
}

/* As taskset(1) has it: "0-3,6". */
void fx_print_affinity(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                       char *text, size_t size) {
    enum { BITS = CHAR_BIT * sizeof(unsigned long) };
    const unsigned long *mask = step ? step->data : NULL;
    size_t bits = mask ? step->size * CHAR_BIT : 0, used = 0;
    (void)plan;
    (void)index;
    for (size_t first = 0; first < bits && used < size; first++) {
        size_t last = first;
        while (last < bits && mask[last / BITS] >> last % BITS & 1)
            last++;
        if (last == first)
            continue;
        const char *comma = used ? "," : "";
        int length = last - first == 1
                         ? snprintf(text + used, size - used, "%s%zu", comma, first)
                         : snprintf(text + used, size - used, "%s%zu-%zu", comma, first, last - 1);
        used += (size_t)length;
        first = last;
    }
}

void fx_print_io_priority(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                          char *text, size_t size) {
    const fx_io_priority *priority = step ? step->data : NULL;
    (void)plan;
    (void)index;
    if (priority)
        (void)snprintf(text, size, "%s, %d", fx_io_class_name(priority->io_class), priority->level);
}

void fx_print_timer_slack(const struct fx_plan *plan, const struct fx_plan_step *step, int index,
                          char *text, size_t size) {
    (void)plan;
    (void)index;
    if (step)
        (void)snprintf(text, size, "PR_SET_TIMERSLACK, %ld", step->number);
}
