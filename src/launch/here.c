/* SPDX-License-Identifier: MIT
 *
 * The steps of a plan in this very process, by the same code as in a child.
 */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "command/command.h"
#include "launch.h"
#include "platform/containment.h"
#include "platform/platform.h"

/* What no process can do to itself, or has no meaning without a child. */
static int check(const fx_command *command, fx_error *error) {
    static const char *const names[3] = {"stdio[0]", "stdio[1]", "stdio[2]"};
    for (int number = 0; number < 3; number++)
        if (command->stdio[number].kind == FX_STDIO_PIPE)
            return fx_error_command(error, -EINVAL, names[number],
                                    "a pipe has nobody at its other end where there is no child");
    if (fx_platform_birth_namespaces(command->unshare) &&
        !fx_command_may_skip(command, FX_STEP_UNSHARE))
        return fx_error_command(error, -ENOTSUP, "unshare",
                                "a process can only be born into a pid namespace, and not enter "
                                "one itself");
    return 0;
}

static int run(struct fx_launch *launch, fx_error *error) {
    struct fx_frame *frame = &launch->frame;
    fx_step failed = FX_STEP_NONE;
    int index = -1;
    fx_launch_edit_mask(launch);
    if (fx_maps_are_asked(launch->plan)) {
        int result = fx_map_writer_start(launch, error);
        if (result < 0)
            return result;
    }
    /* Nobody reads the report elsewhere. */
    frame->shares_memory = true;
    frame->parent = getppid();
    frame->birth_code = -ENOTSUP;
    int result = fx_child_run_steps(frame, &failed, &index);
    if (result < 0) {
        (void)fx_plan_error(launch->plan, failed, index, result, error);
        fx_diagnose(launch->plan, error);
    }
    return result;
}

static void close_all(struct fx_launch *launch) {
    fx_streams_close(launch);
    fx_maps_close(launch);
    fx_close_if_open(&launch->frame.report_descriptor);
    fx_close_if_open(&launch->asking);
    free(launch->variables);
}

static int launch_here(struct fx_launch *launch, fx_error *error) {
    int cancel;
    (void)pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
    launch->release[0] = launch->release[1] = launch->asking = -1;
    int result = fx_launch_prepare(launch, error);
    if (result == 0) {
        (void)fx_sys_block_signals(&launch->caller_mask);
        result = run(launch, error);
        bool edits = result == 0 && launch->plan->mask;
        (void)fx_sys_set_signal_mask(edits ? &launch->frame.mask : &launch->caller_mask);
    }
    close_all(launch);
    (void)pthread_setcancelstate(cancel, &cancel);
    return result;
}

int fx_do_here(const fx_command *command, bool only_attributes, struct fx_skips *skips,
               fx_error *error) {
    _Alignas(max_align_t) unsigned char memory[8 * 1024];
    const struct fx_block room = {
        .base = memory, .size = sizeof memory, .borrows = true, .only_attributes = only_attributes};
    struct fx_launch launch;
    fx_plan *plan;
    int result = fx_compile_into(command, room, &plan, error);
    if (result < 0)
        return result;
    result = check(command, error);
    if (result == 0) {
        fx_launch_begin(&launch, plan);
        launch.frame.tells_skips = !only_attributes;
        result = launch_here(&launch, error);
        *skips = launch.skips;
    }
    if ((unsigned char *)plan != memory)
        fx_plan_free(plan);
    return result;
}
