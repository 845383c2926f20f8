/* SPDX-License-Identifier: MIT
 *
 * Several children, or none. All that can fail before a child is made is done for every command
 * before the first one is started: they are compiled, and then the pipes between them are opened,
 * so that no command can mean one of these by a number that it believed to be something else.
 *
 * The group is that of the child that is started first, and exists until that is reaped: also if it
 * has ended before the others join.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#include "command/command.h"
#include "launch.h"
#include "platform/platform.h"
#include "sized.h"

struct stage {
    fx_plan *plan;
    int ends[2];    /* of the pipe from the command before; -1: none, or closed */
    fx_child child; /* pid 0: not started */
};

struct pipeline {
    struct stage *stages;
    size_t count;
    size_t at; /* the stage that is being worked on */
};

/* ---- what the commands say ---- */

static bool is_mapped(const fx_command *command, int number) {
    for (size_t i = 0; i < command->map_count; i++)
        if (command->map[i].child == number)
            return true;
    return false;
}

static int check_between(const fx_command *command, int number, fx_error *error) {
    static const char *const names[] = {"stdio[0]", "stdio[1]"};
    if (command->stdio[number].kind != FX_STDIO_INHERIT)
        return fx_error_command(error, -EINVAL, names[number], "is between two commands");
    if (command->map_count > 0 && command->map && is_mapped(command, number))
        return fx_error_command(error, -EINVAL, "map", "%s is between two commands", names[number]);
    return 0;
}

static int check_group(const fx_command *command, fx_error *error) {
    if (command->process_group.set)
        return fx_error_command(error, -EINVAL, "process_group", "is that of the pipeline");
    if (command->new_session)
        return fx_error_command(error, -EINVAL, "new_session",
                                "a pipeline is a group in the session that there is");
    return 0;
}

/* The command, with what the pipeline says. */
static int edit(const struct pipeline *pipeline, const fx_command *given, fx_command *command,
                fx_error *error) {
    bool is_first = pipeline->at == 0, is_last = pipeline->at == pipeline->count - 1;
    int result = fx_command_copy(given, command, error);
    if (result == 0)
        result = check_group(command, error);
    if (result == 0 && !is_first)
        result = check_between(command, 0, error);
    if (result == 0 && !is_last)
        result = check_between(command, 1, error);
    if (result < 0)
        return result;
    /* Which pipe, and which group, is put into the plan. */
    if (!is_first)
        command->stdio[0].kind = FX_STDIO_PIPE;
    if (!is_last)
        command->stdio[1].kind = FX_STDIO_PIPE;
    command->process_group = (fx_number)FX_NUMBER(0);
    return 0;
}

/* ---- before the first is started ---- */

static int lift(int *end) {
    int lifted = *end < 3 ? fx_sys_dup_above(*end, 3) : *end;
    if (lifted == *end)
        return 0;
    (void)fx_sys_close(*end);
    *end = lifted;
    return lifted < 0 ? lifted : 0;
}

/* Not at numbers that are closed here, and so in a child that inherits its standard streams. */
static int open_pipe(int ends[2]) {
    int result = fx_platform_pipe(ends);
    for (int i = 0; i < 2 && result == 0; i++)
        result = lift(&ends[i]);
    return result;
}

static int connect_all(struct pipeline *pipeline, fx_error *error) {
    for (pipeline->at = 1; pipeline->at < pipeline->count; pipeline->at++) {
        struct stage *stage = &pipeline->stages[pipeline->at];
        int result = open_pipe(stage->ends);
        if (result < 0)
            return fx_error_set(error, result, FX_STEP_PIPE, -1, "%s", "between two commands");
        fx_plan_connect(stage->plan, 0, stage->ends[0]);
        fx_plan_connect(stage[-1].plan, 1, stage->ends[1]);
    }
    return 0;
}

static int compile_all(struct pipeline *pipeline, const fx_command *const *commands,
                       fx_error *error) {
    for (pipeline->at = 0; pipeline->at < pipeline->count; pipeline->at++) {
        fx_command command;
        int result = edit(pipeline, commands[pipeline->at], &command, error);
        if (result == 0)
            result = fx_compile(&command, &pipeline->stages[pipeline->at].plan, error);
        if (result < 0)
            return result;
    }
    return 0;
}

/* ---- starting, and stopping ---- */

/* Those who need them have them by now. */
static void close_ends(struct stage *stage) {
    fx_close_if_open(&stage->ends[0]);
    fx_close_if_open(&stage->ends[1]);
}

static int launch_all(struct pipeline *pipeline, fx_error *error) {
    struct stage *last = &pipeline->stages[pipeline->count - 1];
    for (pipeline->at = pipeline->count; pipeline->at-- > 0;) {
        struct stage *stage = &pipeline->stages[pipeline->at];
        if (stage != last)
            fx_plan_set_group(stage->plan, last->child.pid);
        int result = fx_launch(stage->plan, &stage->child, error);
        if (result < 0)
            return result;
        if (stage != last)
            close_ends(stage + 1);
    }
    return 0;
}

static void discard_all(struct pipeline *pipeline) {
    struct stage *last = &pipeline->stages[pipeline->count - 1];
    if (last->child.pid == 0)
        return;
    /* With what they have started meanwhile. The leader is unreaped: the group is its own. */
    (void)kill(-last->child.pid, SIGKILL);
    for (size_t i = 0; i < pipeline->count; i++)
        if (pipeline->stages[i].child.pid != 0)
            fx_discard(&pipeline->stages[i].child);
}

static int run(struct pipeline *pipeline, const fx_command *const *commands, fx_error *error) {
    int result = compile_all(pipeline, commands, error);
    if (result == 0)
        result = connect_all(pipeline, error);
    if (result == 0)
        result = launch_all(pipeline, error);
    for (size_t i = 0; i < pipeline->count; i++)
        close_ends(&pipeline->stages[i]);
    if (result < 0)
        discard_all(pipeline);
    for (size_t i = 0; i < pipeline->count; i++)
        fx_plan_free(pipeline->stages[i].plan);
    return result;
}

/* ---- the caller's ---- */

static int check(const fx_command *const *commands, size_t count, fx_child *const *children,
                 size_t *at, fx_error *error) {
    if (count == 0 || !commands)
        return fx_error_command(error, -EINVAL, "count", "a pipeline has one command at least");
    for (*at = 0; children && *at < count; ++*at)
        if (!fx_child_is_whole(children[*at]))
            break;
    if (!children || *at < count)
        return fx_error_command(error, -EINVAL, "child", "its size must be sizeof(fx_child)");
    return 0;
}

static int start(const fx_command *const *commands, size_t count, fx_child *const *children,
                 size_t *at, fx_error *error) {
    int result = check(commands, count, children, at, error);
    if (result < 0)
        return result;
    struct pipeline pipeline = {.stages = calloc(count, sizeof *pipeline.stages), .count = count};
    *at = 0;
    if (!pipeline.stages)
        return fx_error_set(error, -ENOMEM, FX_STEP_ALLOCATE, -1, "%zu commands", count);
    for (size_t i = 0; i < count; i++) {
        pipeline.stages[i].ends[0] = pipeline.stages[i].ends[1] = -1;
        pipeline.stages[i].child.size = sizeof pipeline.stages[i].child;
    }
    result = run(&pipeline, commands, error);
    *at = pipeline.at;
    for (size_t i = 0; i < count && result == 0; i++)
        fx_copy_out(&pipeline.stages[i].child, sizeof pipeline.stages[i].child, children[i]);
    free(pipeline.stages);
    return result;
}

int fx_spawn_pipeline(const fx_command *const *commands, size_t count, fx_child *const *children,
                      size_t *failed, fx_error *error) {
    int saved = errno, cancel;
    size_t at = 0;
    fx_error failure;
    fx_error_clear(&failure);
    (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
    int result = start(commands, count, children, &at, &failure);
    (void)pthread_setcancelstate(cancel, &cancel);
    if (result == 0) {
        errno = saved;
        return 0;
    }
    if (failed)
        *failed = at;
    fx_error_copy_out(&failure, error);
    return result;
}
