/* SPDX-License-Identifier: MIT
 *
 * One launch of a plan: what is opened for it, the frame its child works on, and the ways
 * of making that child.
 */
#ifndef FX_LAUNCH_H
#define FX_LAUNCH_H

#include "child/child.h"
#include "error/error.h"
#include "plan/plan.h"
#include "platform/platform.h"

/* Maps up to this size need no memory of their own. */
enum { FX_LAUNCH_INLINE = 16 };

/* How many sources can be moved to low numbers for one launch. */
enum { FX_LOW_MAX = 16 };

/* What any child may need for itself: both ends of the report pipe, and a directory. */
enum { FX_ASIDE_MAX = 3 };
/* And only some: both ends of the pipe of the id maps, and its parent. */
enum { FX_ASIDE_OF_MAPS = 2, FX_ASIDE_OF_DEATH = 1 };

struct fx_leash;

struct fx_launch {
    const struct fx_plan *plan;
    struct fx_leash *leash; /* NULL: nobody can end it but its child */
    struct fx_frame frame;

    int parent_ends[3]; /* of the pipes; -1 where there is none */
    int child_ends[3];
    int null;
    int directory;                      /* a copy of the one to be entered */
    struct fx_copy low[FX_LOW_MAX + 1]; /* of sources, and of the directory */
    size_t low_count;
    int low_held;
    struct fx_copy fetched[FX_LOW_MAX]; /* sources that had to be left to the child */
    bool may_fetch;
    bool enters_cgroup; /* it is not to be born there, but to go there itself */

    int release[2]; /* the pipe of frame.release; -1 */
    int asking;     /* the far end of the report's, where this process itself writes it; or -1 */

    long long started; /* nanoseconds of CLOCK_MONOTONIC */
    sigset_t caller_mask;
    struct fx_skips skips;

    size_t variables_size;
    void *variables; /* behind what the child writes to before its exec */
    void *memory;    /* behind the arrays below when they are too small inline */
    int *held;       /* as the plan has them; `held_count` are open */
    size_t held_count;
    fx_map *map;
    int *open;
    int *scratch;
    struct fx_move *moves;
    fx_map inline_map[FX_LAUNCH_INLINE];
    int inline_open[FX_LAUNCH_INLINE];
    int inline_held[FX_LAUNCH_INLINE];
    int inline_scratch[FX_MOVES_SCRATCH(FX_LAUNCH_INLINE)];
    struct fx_move inline_moves[FX_MOVES_MAX(FX_LAUNCH_INLINE)];

    /* What came of it. */
    pid_t pid;
    int pidfd;
    fx_mechanism mechanism;
    fx_reason reason;
};

/* ---- descriptors: src/launch/streams.c ---- */

/* Open the pipes and /dev/null, and plan the moves. All is closed again on failure. */
int fx_streams_open(struct fx_launch *launch, fx_error *error);
/* Close what only the child needs. */
void fx_streams_close_child_ends(struct fx_launch *launch);
void fx_streams_close(struct fx_launch *launch);
void fx_close_if_open(int *fd);
/* For a child that is born with a table of its own, after all. */
void fx_streams_stop_sharing(struct fx_launch *launch);
/* For one that shares the table, but fetches nothing. */
void fx_streams_stop_fetching(struct fx_launch *launch);

/* ---- what the steps need: src/launch/held.c ---- */

int fx_held_open(struct fx_launch *launch, fx_error *error);
void fx_held_close(struct fx_launch *launch);

/* ---- what the child writes to: src/launch/variables.c ---- */

/* For a plan with `pid_variables` or `shell_fallback`. `*memory` is to be freed after the child's
 * exec. */
int fx_variables_prepare(struct fx_frame *frame, void **memory, size_t *size, fx_error *error);

/* ---- sharing the table of descriptors: src/launch/table.c ---- */

/*
 * If the child may be born sharing its parent's table, say so in the frame, and move what it
 * needs, as the map has it by now, to low numbers.
 */
void fx_table_share(struct fx_launch *launch);
bool fx_table_is_shared(const struct fx_launch *launch);
/* What kept a child from having a table of its own. Another one is then to be made in another way.
 */
enum fx_table_failure {
    FX_TABLE_NO_FAILURE,
    FX_TABLE_NOT_LEFT,   /* it may not cut itself off from its parent's */
    FX_TABLE_NOT_FETCHED /* or could not fetch from there */
};
enum fx_table_failure fx_table_failure(const struct fx_launch *launch);
void fx_table_give_back(struct fx_launch *launch);

/* ---- low numbers: src/launch/reserve.c ---- */

/* Whether it is of no use to move this number. */
bool fx_is_low(int number);
/*
 * A close-on-exec copy at a low number; a negative errno where none is to be had. `*held`, 0 at
 * first, is for one launch to look only once at what it is that holds the numbers.
 */
int fx_low_take(int fd, int *held);
void fx_low_give_back(const struct fx_copy *low, size_t count, int held);
/* This number was the lowest free one: reserve some in time, if they grow. */
void fx_low_watch(int number);

/* ---- what the child keeps for itself: src/launch/aside.c ---- */

/* Move it where the map and the closing of all others leave it alone; at most as many as FX_ASIDE_*
 * say. */
int fx_keep_aside(struct fx_launch *launch, int *fd);
/* Close it, and keep it no longer. */
void fx_drop_aside(struct fx_launch *launch, int *fd);
/* A new pipe, both ends kept aside; `what` it is for is the subject of an error. */
int fx_pipe_aside(struct fx_launch *launch, int ends[2], const char *what, fx_error *error);
/* Keep `number`, which is no target, instead. */
void fx_keep_aside_instead(struct fx_launch *launch, int *fd, int number);

/* ---- the beginning of every launch: src/launch/launch.c ---- */

void fx_launch_begin(struct fx_launch *launch, const fx_plan *plan);
/* Open and lay out all that the steps work on. `launch->variables` is to be freed. */
int fx_launch_prepare(struct fx_launch *launch, fx_error *error);
/* The program's mask, from that of the calling thread. */
void fx_launch_edit_mask(struct fx_launch *launch);

/* fx_launch(), with somebody who may pull; `leash` may be NULL. */
int fx_launch_leashed(const fx_plan *plan, struct fx_leash *leash, fx_child *child,
                      fx_error *error);
/* Whether the caller's handle is one that can be filled in. */
static inline bool fx_child_is_whole(const fx_child *child) {
    return child && child->size >= offsetof(fx_child, end) + sizeof child->end;
}
/* Kill, reap and forget a child whose handle no caller has seen. */
void fx_discard(fx_child *child);

/* ---- without a child: src/launch/here.c ---- */

/*
 * Do the steps of the command in this process, or only those of its attributes. Signals are
 * blocked meanwhile; the mask is then the edited one if all went well and the command had asked
 * for it, and else what it was. `skips` is filled in if the steps were begun.
 */
int fx_do_here(const fx_command *command, bool only_attributes, struct fx_skips *skips,
               fx_error *error);
/* A process that stays behind, outside, to write the id maps when the steps come to them. */
int fx_map_writer_start(struct fx_launch *launch, fx_error *error);

/* ---- mechanisms; signals are blocked, `launch->frame.mask` is the mask to restore ---- */

/*
 * Make the child and let it come to its exec or fail; its report is then in the
 * frame. The pid, or a negative errno if no child was made.
 */
pid_t fx_launch_shared(struct fx_launch *launch, fx_mechanism mechanism);
pid_t fx_launch_forked(struct fx_launch *launch, fx_error *error);
/* 0 where the helper cannot do it, and nothing has been done: `error` says why. */
pid_t fx_launch_helped(struct fx_launch *launch, fx_error *error);
/* Whether that is worth trying before a fork. */
bool fx_helper_is_better(const struct fx_launch *launch);

/* The pipe for the report of a child on memory of its own, both ends kept aside; and reading it. */
int fx_report_open(struct fx_launch *launch, int ends[2], fx_error *error);
void fx_report_read(struct fx_launch *launch, int fd);

/* ---- what it is born with: src/launch/birth.c ---- */

/* Ask for all of it, and say so in the frame. */
void fx_birth_ask(struct fx_launch *launch, fx_mechanism mechanism,
                  struct fx_clone_request *request);
/* After a refusal: whether there is something that can be left to the child. */
bool fx_birth_ask_less(struct fx_launch *launch, struct fx_clone_request *request, int code);
/* Whether it died of where it was born. Another one is then to be made, which is born elsewhere. */
bool fx_birth_was_deadly(struct fx_launch *launch);
/* The same on a child with memory of its own. */
pid_t fx_birth_fork(struct fx_launch *launch);

/* ---- id maps: src/launch/maps.c ---- */

static inline bool fx_maps_are_asked(const struct fx_plan *plan) {
    return plan->uid_map || plan->gid_map;
}
int fx_maps_open(struct fx_launch *launch, fx_error *error);
void fx_maps_close(struct fx_launch *launch);
/* Write them for the child that has asked, and tell it what came of that. */
void fx_maps_answer(const struct fx_launch *launch);

/* Whether a child that has ended, or is about to, was killed by SIGKILL. It stays unreaped. */
bool fx_launch_was_killed(const struct fx_launch *launch);
/* Wait for a child that failed, once. All of `info` is 0 if somebody else did. */
void fx_launch_reap(struct fx_launch *launch, siginfo_t *info);

/* Whether a refusal of this mechanism means that the next one may do. */
bool fx_is_refusal(int code);
/* Why a child cannot share memory here, or FX_REASON_NONE. Fails as a clone does. */
int fx_memory_obstacle(fx_reason *obstacle);
/* The kernel has said that there is no clone3, and will go on saying so. */
bool fx_clone3_is_missing(void);
void fx_note_clone3_is_missing(void);
/* clone3, or clone where that is refused. */
pid_t fx_clone_any(const struct fx_clone_request *request, int *pidfd);

/* ---- failures ---- */

/* Tell which ENOENT it was, from what the file system looks like afterwards. */
void fx_diagnose(const struct fx_plan *plan, fx_error *error);

#endif
