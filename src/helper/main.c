/* SPDX-License-Identifier: MIT
 *
 * forkexec-helper: does the steps of a plan in a process of its own that is small, where the
 * parent is too big to fork, and becomes the program.
 *
 *     forkexec-helper DESCRIPTOR SIZE
 *
 * The parent executes it as its child, with all signals blocked and an empty environment. It has
 * no C library: nothing of what one does before main() can matter to the program, or cost time.
 */
#include <limits.h>

#include "helper.h"
#include "image.h"
#include "platform/helper.h"
#include "platform/platform.h"

/* The library looks for these bytes in the file. */
__attribute__((used)) static const struct fx_helper_stamp stamp = FX_HELPER_STAMP;

static struct fx_skips skips;

/* -1 for what is no number. */
static long number_of(const char *text) {
    long number = 0;
    for (; *text; text++) {
        if (*text < '0' || *text > '9' || number > (LONG_MAX - 9) / 10)
            return -1;
        number = number * 10 + (*text - '0');
    }
    return number;
}

static bool is_same(const struct fx_helper_stamp *theirs) {
    const unsigned char *left = (const unsigned char *)theirs, *right = (const void *)&stamp;
    for (size_t i = 0; i < sizeof stamp; i++)
        if (left[i] != right[i])
            return false;
    return true;
}

static struct fx_image *take_image(int argc, char *const *argv) {
    if (argc != 3)
        return NULL;
    long fd = number_of(argv[1]), size = number_of(argv[2]);
    if (fd < 0 || fd > INT_MAX || size < (long)sizeof(struct fx_image))
        return NULL;
    struct fx_image *image = fx_sys_map_private((int)fd, (size_t)size);
    /* Its number may be one that the map of the plan finds closed. */
    (void)fx_sys_close((int)fd);
    return image && is_same(&image->stamp) && image->size == (size_t)size ? image : NULL;
}

/* `to` is still where it lies in the file. */
static void find_parts(struct fx_image *image) {
    for (size_t i = 0; i < image->relocation.count && i < FX_IMAGE_PARTS; i++)
        image->parts[i].to = (char *)image + (size_t)image->parts[i].to;
    image->relocation.parts = image->parts;
}

/* What the child writes to before its exec. */
static void relocate_variables(struct fx_frame *frame, struct fx_relocation *relocation) {
    for (size_t i = 0; i < FX_PID_VARIABLES; i++)
        frame->pid_text[i] = fx_relocated(relocation, frame->pid_text[i]);
    if (frame->shell_arguments) {
        char **first = frame->shell_arguments + FX_SHELL_FIRST;
        (void)fx_relocated_strings(relocation, first);
        frame->shell_arguments = fx_relocated(relocation, frame->shell_arguments);
    }
}

static bool relocate(struct fx_image *image) {
    struct fx_relocation *relocation = &image->relocation;
    struct fx_frame *frame = &image->frame;
    find_parts(image);
    struct fx_plan *plan = fx_relocated(relocation, frame->plan);
    if (!plan)
        return false;
    bool is_own = frame->environment != plan->environment;
    fx_plan_relocate(plan, relocation);
    frame->plan = plan;
    frame->environment =
        is_own ? fx_relocated_strings(relocation, frame->environment) : plan->environment;
    relocate_variables(frame, relocation);
    frame->moves = fx_relocated(relocation, frame->moves);
    frame->open = fx_relocated(relocation, frame->open);
    frame->held = fx_relocated(relocation, frame->held);
    image->handed = fx_relocated(relocation, image->handed);
    frame->fetched = NULL;
    frame->skips = &skips;
    return !relocation->failed;
}

_Noreturn void fx_helper_main(const long *stack) {
    struct fx_image *image = take_image((int)stack[0], (char *const *)(const void *)(stack + 1));
    if (!image || !relocate(image))
        fx_sys_exit(FX_HELPER_UNFIT);
    for (size_t i = 0; i < image->handed_count; i++)
        (void)fx_sys_close_on_exec(image->handed[i]);
    /* From here on the parent takes what happens for the doing of the plan. */
    if (!fx_child_tell_progress(&image->frame, FX_PROGRESS_BEGUN))
        fx_sys_exit(FX_HELPER_UNFIT);
    (void)fx_child_run(&image->frame);
    fx_sys_exit(FX_CHILD_FAILED);
}
