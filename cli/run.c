/* SPDX-License-Identifier: MIT
 *
 * forkexec run: start, follow, and say how it ended.
 */
#include "run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "subcommand.h"

enum { STATUS_TIMED_OUT = 124, STATUS_SIGNAL = 128 };

long long now(void) {
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

/* ---- starting ---- */

static int fail(const struct run *run, const fx_error *error) {
    complain_error(run->request, error);
    report_setup_failed(run, error);
    return status_of(error);
}

/* What forkexec itself opens may not be taken for a descriptor that the command names. */
static int compile(struct run *run, fx_plan **plan, fx_error *error) {
    fx_command *command = &run->request->command;
    if (output_is_piped(&run->request->supervision))
        command->stdio[1].kind = command->stdio[2].kind = FX_STDIO_PIPE;
    return fx_compile(command, plan, error);
}

static int prepare(struct run *run) {
    int reaper = reaper_begin(run->request);
    run->reaper = reaper > 0;
    if (reaper < 0 || (run->notices = signals_catch()) < 0)
        return -EINVAL;
    int result = output_open(run);
    if (result == 0)
        result = supervision_scope(run->request, &run->scope);
    run->scope.adopted = run->reaper && run->scope.kind == FX_SCOPE_DESCENDANTS;
    return result;
}

/* A reader that has gone and a file that is too large are errors of writing, nothing else. */
static void ignore(int number) {
    struct sigaction action = {.sa_handler = SIG_IGN};
    (void)sigaction(number, &action, NULL);
}

static int follow(struct run *run) {
    const struct supervision *asked = &run->request->supervision;
    fx_child *children[] = {&run->child};
    fx_rung rungs[RUNGS];
    fx_drain_options options = {
        .size = sizeof options,
        .children = children,
        .child_count = 1,
        .outputs = run->outputs,
        .output_count = run->streams ? STREAMS : 0,
        .timeout = asked->timeout,
        .idle_timeout = asked->idle_timeout,
        .linger = asked->linger,
        .ladder = {.size = sizeof options.ladder, .scope = run->scope, .rungs = rungs},
    };
    options.ladder.rung_count = supervision_rungs(asked, rungs);
    if (run->streams)
        output_describe(run, run->outputs);
    int result = fx_drain_open(&options, &run->drain);
    for (int i = 0; run->streams && i < STREAMS; i++)
        run->streams[i].drain = run->drain;
    return result < 0 ? complain(NULL, "following the command: %s", strerror(-result)) : 0;
}

/* ---- following ---- */

enum { INTERESTS = 64 };

/* Sleep until something is to be done, by the drain or by forkexec. */
static void wait_for_any(const struct run *run) {
    struct pollfd *list = allocate(INTERESTS, sizeof *list);
    size_t count = 0;
    int own = forward_timeout(run), timeout = -1;
    list[count++] = (struct pollfd){.fd = run->notices, .events = POLLIN};
    for (size_t i = 0; run->streams && i < STREAMS; i++)
        count += stream_interest(&run->streams[i], list + count);
    if (!run->ended)
        count += fx_drain_interest(run->drain, list + count, INTERESTS - count, &timeout);
    if (own >= 0 && (timeout < 0 || own < timeout))
        timeout = own;
    (void)poll(list, (nfds_t)count, timeout);
    free(list);
}

static void serve(struct run *run) {
    forward_notices(run);
    forward_due(run);
    for (size_t i = 0; run->streams && i < STREAMS; i++)
        stream_pump(&run->streams[i]);
    reaper_reap(run);
}

static void look(struct run *run) {
    const struct supervision *asked = &run->request->supervision;
    fx_drain_state state = {.size = sizeof state};
    if (output_is_over(run) && !run->over_output) {
        run->over_output = run->ladder_told = true;
        report_stopping(run, fx_ending_name(FX_ENDING_OUTPUT), asked->stop_signal);
        fx_drain_stop(run->drain);
    }
    fx_drain_look(run->drain, &state);
    bool late = state.ending == FX_ENDING_TIMEOUT || state.ending == FX_ENDING_IDLE_TIMEOUT;
    if (late && !run->ladder_told)
        report_stopping(run, fx_ending_name(state.ending), asked->stop_signal);
    run->ladder_told = run->ladder_told || late;
}

static bool has_open_stream(const struct run *run) {
    struct pollfd unused[INTERESTS];
    for (size_t i = 0; run->streams && i < STREAMS; i++)
        if (stream_interest(&run->streams[i], unused) > 0)
            return true;
    return false;
}

static void follow_to_the_end(struct run *run) {
    while (fx_drain_run(run->drain, 0, 0) == -ETIMEDOUT) {
        look(run);
        wait_for_any(run);
        serve(run);
    }
    look(run);
    run->ended = true;
    for (size_t i = 0; run->streams && i < STREAMS; i++)
        stream_finish(&run->streams[i]);
    /* What is in the pipes is passed on, unless forkexec itself is to end. */
    run->hurried = false;
    for (serve(run); has_open_stream(run) && !run->hurried; serve(run))
        wait_for_any(run);
}

/* ---- the end ---- */

static int status_of_end(const struct run *run, const fx_drain_state *state, const fx_exit *end) {
    bool late = state->ending == FX_ENDING_TIMEOUT || state->ending == FX_ENDING_IDLE_TIMEOUT;
    if (late && !run->request->supervision.preserve_status)
        return state->stopped_by == SIGKILL ? STATUS_SIGNAL + SIGKILL : STATUS_TIMED_OUT;
    if (run->over_output && !run->request->supervision.preserve_status)
        return STATUS_FAILED;
    return end->signal ? STATUS_SIGNAL + end->signal : end->code;
}

static int finish(struct run *run) {
    struct outcome outcome = {.end = {.size = sizeof outcome.end}};
    fx_drain_state state = {.size = sizeof state};
    fx_drain_look(run->drain, &state);
    int result = fx_wait(&run->child, 0, 0, &outcome.end);
    if (result < 0) {
        (void)complain(NULL, "waiting for the command: %s", strerror(-result));
        return STATUS_FAILED;
    }
    outcome.status = status_of_end(run, &state, &outcome.end);
    outcome.ending = fx_ending_name(run->over_output ? FX_ENDING_OUTPUT : state.ending);
    outcome.held = state.held;
    if (!output_finish(run) && outcome.status == 0)
        outcome.status = STATUS_FAILED;
    report_exited(run, &outcome);
    return outcome.status;
}

static int start_and_follow(struct run *run, const fx_plan *plan) {
    fx_error error = {.size = sizeof error};
    if (prepare(run) < 0)
        return STATUS_FAILED;
    if (fx_launch(plan, &run->child, &error) < 0)
        return fail(run, &error);
    ignore(SIGPIPE);
    ignore(SIGXFSZ);
    report_started(run);
    for (size_t i = 0; i < run->child.skipped_count && i < FX_SKIPPED_MAX; i++)
        tell_skipped(run->child.skipped[i].step, run->child.skipped[i].code);
    if (follow(run) < 0) {
        (void)fx_signal(&run->child, SIGKILL);
        return STATUS_FAILED;
    }
    follow_to_the_end(run);
    int status = finish(run);
    reaper_stop_rest(run);
    return status;
}

int run_run(struct request *request) {
    struct run *run = allocate(1, sizeof *run);
    fx_error error = {.size = sizeof error};
    fx_plan *plan = NULL;
    int status = STATUS_FAILED;
    *run = (struct run){.request = request, .notices = -1, .scope = {.cgroup = -1}};
    run->child = (fx_child){.size = sizeof run->child, .pidfd = -1, .stdio = {-1, -1, -1}};
    run->report = (struct report){{-1, -1}};
    if (supervision_complete(request) < 0)
        goto done;
    int result = compile(run, &plan, &error);
    if (report_open(&run->report, request) == 0)
        status = result < 0 ? fail(run, &error) : start_and_follow(run, plan);
done:
    fx_drain_close(run->drain);
    for (size_t i = 0; run->streams && i < STREAMS; i++)
        stream_close(&run->streams[i]);
    free(run->streams);
    if (run->scope.cgroup >= 0)
        (void)close(run->scope.cgroup);
    fx_child_close(&run->child);
    report_close(&run->report);
    fx_plan_free(plan);
    free(run);
    return status;
}
