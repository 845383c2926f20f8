/* SPDX-License-Identifier: MIT
 *
 * Who is in the scope of children, and signals to all of them.
 */
#ifndef FX_FOLLOW_REACH_H
#define FX_FOLLOW_REACH_H

#include "forkexec.h"
#include "platform/processes.h"

struct fx_reach {
    fx_child *const *children;
    size_t count;
    fx_scope scope;
    /* All processes of the system, and of those whoever belongs to the scope. */
    struct fx_process_list all;
    struct fx_process_list members;
};

#endif
