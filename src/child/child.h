/* SPDX-License-Identifier: MIT
 *
 * The child: the only code that runs between its birth and its exec.
 *
 * It may run on memory shared with a parent full of threads. So: no allocation, no
 * lock, no stdio, no state of libc's; only the calls of platform.h, plain C, and
 * memory that the parent prepared. `make check` proves this on the built objects.
 */
#ifndef FX_CHILD_H
#define FX_CHILD_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "plan/moves.h"
#include "plan/plan.h"

enum fx_progress {
    FX_PROGRESS_NONE = 0, /* nothing heard: it ended before its program */
    FX_PROGRESS_CALLBACK, /* about to run the callback, which may do anything */
    FX_PROGRESS_EXEC,     /* about to call execve */
    FX_PROGRESS_FAILED    /* `step`, `index` and `code` say what */
};

struct fx_report {
    int progress;
    int step;
    int index;
    int code;
};

/* A copy of `from`, close-on-exec, at another number. */
struct fx_copy {
    int from;
    int to;
};

/* How far a child has come that was born sharing its parent's table of descriptors. */
enum fx_table_state {
    FX_TABLE_SHARED, /* nothing may be done to a descriptor */
    FX_TABLE_CUT,    /* it is the child's own, with what lies below the cut */
    FX_TABLE_READY   /* and with what was fetched from the parent's */
};

/* Everything of one launch that the plan, which other launches share, cannot hold. */
struct fx_frame {
    const struct fx_plan *plan;
    const struct fx_move *moves;
    size_t move_count;
    const int *open; /* sorted; the plan's, and the pipe for the report */
    size_t open_count;
    sigset_t mask;         /* what the program gets */
    bool handlers_cleared; /* by the kernel, at birth */
    bool shares_memory;    /* with the parent, which then tells the reporter itself */
    int table_end;         /* born sharing the parent's table, to be cut off here; or 0 */
    volatile int table_state;
    const struct fx_copy *fetched; /* by the child, from its parent, after that */
    size_t fetched_count;
    pid_t parent, parent_thread;
    int directory;         /* to be entered, or -1 */
    int report_descriptor; /* -1: the parent reads `report` in shared memory */
    volatile struct fx_report report;
};

/* The status of a child that failed; nobody but a caller with a reporter sees it. */
#define FX_CHILD_FAILED 255

/* Run all steps; ends in the program or in the end of the child. `argument` is the frame. */
int fx_child_run(void *argument);

/* Set the int that `mark` points to and end: what sees it shares memory with this child. */
int fx_child_leave_mark(void *mark);

/* Before all steps: the child's own table of descriptors. 0 or a negative errno. */
int fx_take_table(struct fx_frame *frame);

/* ---- the steps: 0 or a negative errno, `*index` may be set to say which one ---- */

typedef int fx_child_step(struct fx_frame *frame, const struct fx_plan_step *step, int *index);

fx_child_step fx_run_setsid, fx_run_setpgid;
fx_child_step fx_run_umask;
fx_child_step fx_run_descriptors, fx_run_close, fx_run_close_others;
fx_child_step fx_run_setgroups, fx_run_setgid, fx_run_setuid;
fx_child_step fx_run_chdir, fx_run_fchdir;
fx_child_step fx_run_reset_handlers, fx_run_default_signal, fx_run_signal_mask;
fx_child_step fx_run_callback;
fx_child_step fx_run_exec;

/* The function of each kind; NULL for what is no step of the child. */
extern fx_child_step *const fx_child_steps[FX_STEP_COUNT];

/* ---- telling the parent ---- */

/* False if the parent would take a child that goes on for one that failed. */
bool fx_child_tell_progress(struct fx_frame *frame, enum fx_progress progress);
void fx_child_tell_failure(struct fx_frame *frame, fx_step step, int index, int code);

#endif
