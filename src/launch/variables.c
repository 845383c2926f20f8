/* SPDX-License-Identifier: MIT
 *
 * What the child writes to before its exec: the variables that get its pid, and the arguments of a
 * shell. A plan is shared by launches, so each has its own.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "launch.h"

static size_t count_of(char *const *list) {
    size_t count = 0;
    while (list[count])
        count++;
    return count;
}

static void lay_out_environment(struct fx_block *block, struct fx_frame *frame) {
    const struct fx_plan *plan = frame->plan;
    size_t count = count_of(plan->environment);
    char **list = fx_block_take(block, count + 1, sizeof *list);
    if (list)
        memcpy(list, plan->environment, (count + 1) * sizeof *list);
    for (size_t i = 0; i < plan->pid_variables; i++) {
        size_t length = strlen(plan->environment[i]);
        char *text = fx_block_bytes(block, length + FX_PID_ROOM);
        if (!list || !text)
            continue;
        memcpy(text, plan->environment[i], length + 1);
        list[i] = text;
        frame->pid_text[i] = text + length;
    }
    if (list)
        frame->environment = list;
}

static void lay_out_arguments(struct fx_block *block, struct fx_frame *frame) {
    char *const *argv = frame->plan->argv;
    size_t count = count_of(argv);
    /* In the place of argv[0], and the NULL at the end. */
    char **list = fx_block_take(block, FX_SHELL_FIRST + count, sizeof *list);
    if (!list)
        return;
    memcpy(list + FX_SHELL_FIRST, argv + 1, count * sizeof *list);
    frame->shell_arguments = list;
}

static void lay_out(struct fx_block *block, struct fx_frame *frame) {
    if (frame->plan->pid_variables > 0)
        lay_out_environment(block, frame);
    if (frame->plan->shell_fallback)
        lay_out_arguments(block, frame);
}

int fx_variables_prepare(struct fx_frame *frame, void **memory, size_t *size, fx_error *error) {
    struct fx_block block = {.base = NULL};
    lay_out(&block, frame);
    *size = block.used;
    *memory = malloc(block.used);
    if (!*memory)
        return fx_error_set(error, -ENOMEM, FX_STEP_ALLOCATE, -1, "variables of %zu bytes",
                            block.used);
    block = (struct fx_block){.base = *memory, .size = block.used};
    lay_out(&block, frame);
    return 0;
}
