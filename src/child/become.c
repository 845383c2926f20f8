/* SPDX-License-Identifier: MIT
 *
 * A child that does no step itself, but becomes the helper, which does.
 */
#include "become.h"

#include "child.h"
#include "platform/platform.h"

int fx_child_become_helper(void *argument) {
    struct fx_becoming *becoming = argument;
    /* What cannot be handed over is not open: for the plan's own steps to say. */
    for (size_t i = 0; i < becoming->handed_count; i++)
        (void)fx_sys_make_inheritable(becoming->handed[i]);
    (void)fx_sys_make_inheritable(becoming->image);
    becoming->code = fx_sys_execve(becoming->path, becoming->argv, becoming->environment);
    fx_sys_exit(FX_CHILD_FAILED);
}
