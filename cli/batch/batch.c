/* SPDX-License-Identifier: MIT
 *
 * forkexec batch: run the commands of a file, many at a time.
 */
#include "batch.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../platform.h"
#include "../scope.h"
#include "../subcommand.h"
#include "shard.h"
#include "signals.h"

enum { USUAL_KILL_AFTER = 5000, USUAL_GRACE = 10000, AFTER_KILL = 5000, SIGNALLED = 128 };

static int check(const struct batch_options *options) {
    if (options->resume && !options->joblog)
        return complain(NULL, "--resume: needs --joblog");
    if (options->shell && options->format == INPUT_JSON)
        return complain(NULL, "--shell: a command in JSON has its arguments already");
    if (options->output == OUTPUT_DIRECT &&
        (options->keep_order || options->tag || options->max_output.set))
        return complain(NULL, "--output: direct contradicts --keep-order, --tag and --max-output");
    if (options->output == OUTPUT_LINES && options->keep_order)
        return complain(NULL, "--output: lines contradicts --keep-order");
    return 0;
}

static enum output_mode mode_of(const struct batch_options *options) {
    if (options->output != OUTPUT_UNSET)
        return options->output;
    if (options->keep_order)
        return OUTPUT_GROUPED;
    if (options->tag)
        return OUTPUT_LINES;
    return options->max_output.set ? OUTPUT_GROUPED : OUTPUT_DIRECT;
}

static void fill_in(struct batch_options *options) {
    options->output = mode_of(options);
    if (!options->kill_after.set)
        options->kill_after = (fx_count)FX_COUNT(USUAL_KILL_AFTER);
    if (!options->grace.set)
        options->grace = (fx_count)FX_COUNT(USUAL_GRACE);
    if (options->signal == 0)
        options->signal = SIGTERM;
    if (options->jobs == 0)
        options->jobs = usable_processors();
}

/* ---- what all commands have in common ---- */

static bool is_mapped(const struct request *request, int number) {
    const fx_map *map = request->map.data;
    for (size_t i = 0; i < request->map.count; i++)
        if (map[i].child == number)
            return true;
    return false;
}

static int set_scope(struct batch *batch) {
    fx_command *command = &batch->command;
    fx_scope *scope = &batch->ladder.scope;
    const fx_number *asked = &batch->options.scope;
    scope->kind = asked->set ? (fx_scope_kind)asked->value : widest_scope();
    scope_imply(command, scope->kind);
    if (scope->kind != FX_SCOPE_CGROUP)
        return 0;
    if (!command->cgroup && !command->cgroup_fd.set)
        return complain(NULL, "--kill-scope: cgroup needs --cgroup");
    int directory = scope_open_cgroup(command);
    if (directory < 0)
        return complain(NULL, "%s: %s", command->cgroup ? command->cgroup : "--cgroup-fd",
                        strerror(-directory));
    scope->cgroup = directory;
    return 0;
}

static int set_ladder(struct batch *batch) {
    unsigned long long kill_after = batch->options.kill_after.value;
    batch->rungs[0] =
        (fx_rung){batch->options.signal, kill_after < INT_MAX ? (int)kill_after : INT_MAX};
    batch->rungs[1] = (fx_rung){SIGKILL, AFTER_KILL};
    batch->ladder = (fx_ladder){
        .size = sizeof batch->ladder, .rungs = batch->rungs, .rung_count = COUNT_OF(batch->rungs)};
    return set_scope(batch);
}

static int set_streams(struct batch *batch, const struct request *request) {
    batch->null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (batch->null < 0)
        return complain(NULL, "/dev/null: %s", strerror(errno));
    if (!is_mapped(request, STDIN_FILENO))
        batch->command.stdio[0] = (fx_stdio){FX_STDIO_DESCRIPTOR, batch->null};
    for (int number = 1; number <= 2 && batch->options.output != OUTPUT_DIRECT; number++)
        batch->command.stdio[number] = (fx_stdio){FX_STDIO_PIPE, -1};
    return 0;
}

/* What is wrong with the options is wrong with every command: it is said once, before the first. */
static int try_options(const struct batch *batch, fx_error *error) {
    char root[] = "/";
    char *argv[] = {root, NULL};
    fx_command command = batch->command;
    fx_plan *plan = NULL;
    command.argv = argv;
    int result = fx_compile(&command, &plan, error);
    fx_plan_free(plan);
    return result;
}

static int set_command(struct batch *batch, const struct request *request) {
    fx_error error = {.size = sizeof error};
    batch->command = request->command;
    /* --argv0 */
    batch->command.argv = request->arguments.count ? request->arguments.data : NULL;
    /* There is but one thread here. */
    batch->command.death_of_thread = true;
    int result = set_ladder(batch);
    if (result == 0)
        result = set_streams(batch, request);
    if (result < 0)
        return result;
    /* A command that outlived us would be run a second time, beside itself. */
    bool is_ours = batch->options.joblog && batch->command.death_signal == 0;
    if (is_ours)
        batch->command.death_signal = SIGKILL;
    result = try_options(batch, &error);
    if (result == -ENOTSUP && is_ours) {
        batch->command.death_signal = 0;
        result = try_options(batch, &error);
    }
    if (result < 0)
        complain_error(request, &error);
    return result;
}

/* ---- the whole ---- */

static void make_slots(struct batch *batch) {
    batch->job_count = (size_t)batch->options.jobs;
    batch->jobs = allocate(batch->job_count, sizeof *batch->jobs);
    for (size_t i = 0; i < batch->job_count; i++)
        batch->jobs[i] = (struct job){.batch = batch, .slot = i, .due = -1};
}

static void count_total(struct batch *batch) {
    batch->next = 1;
    while (batch_next(batch))
        batch->tally.total++;
    batch->next = 1;
}

static void hide_progress(void *argument) { progress_hide(argument); }

static int print_commands(struct batch *batch) {
    char end = batch->options.format == INPUT_NULL ? '\0' : '\n';
    size_t number;
    while ((number = batch_next(batch))) {
        (void)fputs(record_text(&batch->records, number), stdout);
        (void)putchar(end);
    }
    return 0;
}

static int status_of_batch(const struct batch *batch) {
    if (batch->broken)
        return STATUS_FAILED;
    if (batch->signal)
        return SIGNALLED + batch->signal;
    return halt_status(&batch->options.halt, batch->halted, &batch->tally, batch->last_failure);
}

static int run(struct batch *batch) {
    make_slots(batch);
    batch->output.at_once = batch->options.output == OUTPUT_LINES;
    batch->output.keep_order = batch->options.keep_order;
    batch->output.before = hide_progress;
    batch->output.argument = &batch->progress;
    output_begin(&batch->output);
    progress_begin(&batch->progress, &batch->options);
    batch->signals = batch_signals_catch();
    if (batch->signals < 0)
        return complain(NULL, "pipe: %s", strerror(-batch->signals)), STATUS_FAILED;
    batch_run(batch);
    output_end(&batch->output);
    if (batch->output.code < 0)
        batch->broken = true;
    if (batch->progress.wanted)
        progress_show(&batch->progress, &batch->tally, 0, true);
    if (batch->progress.shown)
        (void)fputc('\n', stderr);
    return status_of_batch(batch);
}

static int prepare(struct batch *batch, const struct request *request) {
    int result = check(&batch->options);
    if (result == 0)
        result = shard_resolve(&batch->options);
    if (result < 0)
        return result;
    fill_in(&batch->options);
    result = records_load(&batch->records, request->file, &batch->options);
    return result == 0 ? set_command(batch, request) : result;
}

int run_batch(struct request *request) {
    struct batch batch = {.null = -1, .signals = -1, .stop_at = -1, .log = {.fd = -1}};
    int status = STATUS_FAILED;
    if (request->batch)
        batch.options = *request->batch;
    if (prepare(&batch, request) == 0 &&
        (batch.options.dry_run && !batch.options.resume
             ? 0
             : joblog_open(&batch.log, &batch.options, &batch.records,
                           (size_t)batch.options.jobs)) == 0) {
        count_total(&batch);
        status = batch.options.dry_run ? print_commands(&batch) : run(&batch);
    }
    joblog_close(&batch.log);
    records_free(&batch.records);
    parsed_free(&batch.parsed);
    free(batch.environment_set.data);
    free(batch.environment_unset.data);
    free(batch.polled);
    free(batch.jobs);
    return status;
}
