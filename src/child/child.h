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
    FX_PROGRESS_BEGUN,    /* the helper has its plan: what comes now is the doing of it */
    FX_PROGRESS_SKIPPED,  /* a step was skipped: `step`, `index` and `code` say which and why */
    FX_PROGRESS_MAPS,     /* waits for the parent to write its id maps */
    FX_PROGRESS_GATE,     /* about to wait at the gate, with nothing left to do but exec */
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

/* What became of the id maps: 0, or which one (0: of users, 1: of groups) failed and how. */
struct fx_maps_answer {
    int index;
    int code;
};

/* What was skipped. */
struct fx_skips {
    size_t count; /* also of those there is no room for */
    fx_skipped list[FX_SKIPPED_MAX];
};

static inline void fx_skips_add(struct fx_skips *skips, fx_step step, int index, int code) {
    if (skips->count < FX_SKIPPED_MAX)
        skips->list[skips->count] = (fx_skipped){.step = step, .index = index, .code = code};
    skips->count++;
}

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
    int watch;           /* a pidfd of the thread that made it, or -1 */
    int directory;       /* to be entered, or -1 */
    const int *held;     /* the descriptors of the plan's fx_held, one for one */
    bool born_in_cgroup; /* by the kernel */
    bool born_unshared;  /* with the plan's birth flags, */
    int birth_code;      /* or why not: a negative errno */
    int release;     /* where the parent answers that the id maps are written, or -1: none does, */
    int release_far; /* and its own end of that, which the child has too */
    char *const
        *environment; /* the plan's, or one with room for the pid; NULL: the process's own */
    char *pid_text[FX_PID_VARIABLES]; /* in there, where the digits go */
    char **shell_arguments; /* for a program without a format, from FX_SHELL_FIRST on; or NULL */
    bool is_past_gate;      /* the parent has been told, and does not listen any more */
    int report_descriptor;  /* -1: the parent reads `report` in shared memory */
    struct fx_skips *skips;
    bool tells_skips; /* to the reporter, as nobody is left to be told afterwards */
    volatile struct fx_report report;
};

/* With the final NUL. */
enum { FX_PID_ROOM = 12 };
/* Those before are the child's to fill: the shell itself, the end of its options, the path. */
enum { FX_SHELL_FIRST = 3 };

/* The status of a child that failed; nobody but a caller with a reporter sees it. */
#define FX_CHILD_FAILED 255
/* But all see what it ends with behind the gate; as shells have it. */
#define FX_CHILD_NOT_FOUND 127
#define FX_CHILD_NOT_EXECUTED 126

/* Run all steps; ends in the program or in the end of the child. `argument` is the frame. */
int fx_child_run(void *argument);

/* Set the int that `mark` points to and end: what sees it shares memory with this child. */
int fx_child_leave_mark(void *mark);

/* Before all steps: the child's own table of descriptors. 0 or a negative errno. */
int fx_take_table(struct fx_frame *frame);

/* ---- the steps: 0 or a negative errno, `*index` may be set to say which one ---- */

typedef int fx_child_step(struct fx_frame *frame, const struct fx_plan_step *step, int *index);

fx_child_step fx_run_setsid, fx_run_setpgid, fx_run_terminal, fx_run_foreground;
fx_child_step fx_run_scheduling, fx_run_nice, fx_run_affinity, fx_run_io_priority;
fx_child_step fx_run_timer_slack, fx_run_oom_score_adj;
fx_child_step fx_run_limit, fx_run_umask;
fx_child_step fx_run_cgroup, fx_run_personality, fx_run_setns, fx_run_unshare, fx_run_id_maps;
fx_child_step fx_run_descriptors, fx_run_close, fx_run_close_others;
fx_child_step fx_run_bounding, fx_run_securebits, fx_run_keep_capabilities;
fx_child_step fx_run_setgroups, fx_run_setgid, fx_run_setuid;
fx_child_step fx_run_capabilities, fx_run_ambient, fx_run_dumpable;
fx_child_step fx_run_chroot, fx_run_chdir, fx_run_fchdir;
fx_child_step fx_run_death_signal;
fx_child_step fx_run_apparmor, fx_run_selinux;
fx_child_step fx_run_no_new_privs, fx_run_landlock, fx_run_seccomp;
fx_child_step fx_run_reset_handlers, fx_run_default_signal, fx_run_ignored_signal;
fx_child_step fx_run_signal_mask;
fx_child_step fx_run_callback, fx_run_pid_variable;
fx_child_step fx_run_alarm, fx_run_traced, fx_run_gate;
fx_child_step fx_run_exec;

/* Do the steps in order; what failed, as fx_child_tell_failure() has it, or 0. */
int fx_child_run_steps(struct fx_frame *frame, fx_step *failed, int *index);

/* The function of each kind; NULL for what is no step of the child. */
extern fx_child_step *const fx_child_steps[FX_STEP_COUNT];

/* ---- telling the parent ---- */

/* False if the parent would take a child that goes on for one that failed. */
bool fx_child_tell_progress(struct fx_frame *frame, enum fx_progress progress);
bool fx_child_tell_skipped(struct fx_frame *frame, fx_step step, int index, int code);
void fx_child_tell_failure(struct fx_frame *frame, fx_step step, int index, int code);

#endif
