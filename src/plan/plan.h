/* SPDX-License-Identifier: MIT
 *
 * A plan: a command compiled into one block of memory that the child reads and nobody writes.
 */
#ifndef FX_PLAN_H
#define FX_PLAN_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "command/command.h"
#include "forkexec.h"

/* One action of the child. Which fields mean something depends on the kind. */
struct fx_plan_step {
    fx_step kind;
    int index;        /* which one, where a plan can have several of this kind; else -1 */
    bool best_effort; /* its failure is noted, and the child goes on */
    int lacking;      /* 0, or why this system cannot do it: then it is not tried */
    int held;         /* the place of its descriptor among the held ones */
    long number;
    const char *path;
    const void *data; /* of the kind's own type; `size` in its own unit */
    size_t size;
};

/* A descriptor for a step, copied or opened at each launch. */
struct fx_held {
    fx_step step;
    int index;
    int descriptor; /* the caller's, or -1 */
    const char *path;
    int flags; /* of open(2) */
};

/* The program's signal mask, where it is not the calling thread's. */
struct fx_plan_mask {
    bool exact; /* `block` is all of it */
    sigset_t block;
    sigset_t unblock;
};

/* Where a number of the child's comes from. */
enum fx_source_kind {
    FX_SOURCE_DESCRIPTOR, /* the parent's descriptor `source` */
    FX_SOURCE_NULL,       /* /dev/null */
    FX_SOURCE_PIPE        /* the child's end of the pipe for standard stream `source` */
};

/* Who wants a number, the stronger first. */
enum fx_origin { FX_ORIGIN_MAP, FX_ORIGIN_KEEP, FX_ORIGIN_INHERIT };

struct fx_entry {
    int child;
    enum fx_origin origin;
    enum fx_source_kind kind;
    int source;
};

struct fx_plan {
    size_t size; /* of the whole block */
    fx_mechanism mechanism;
    fx_reason reason;
    bool helper_if_large; /* instead of fork, in a process that is large by then */
    fx_order order;
    fx_callback callback;
    fx_reporter reporter;
    bool without_pidfd;

    const struct fx_plan_step *steps;
    size_t step_count;

    /* The descriptor map, sorted by the child's number; `targets` are these numbers. */
    const struct fx_entry *entries;
    const int *targets;
    size_t entry_count;
    bool pipes[3];
    bool null;

    /* What stays open when all others are closed (if they are): sorted, the targets among them. */
    bool closes_others;
    const int *open;
    size_t open_count;

    char *const *candidates;
    char *const *argv;
    char *const *environment;
    const char *program;     /* as the command named it */
    const char *search_path; /* the PATH that was searched, or NULL */
    const char *directory;   /* where a relative candidate lies, or NULL */
    int directory_fd;        /* likewise, or -1 */
    int program_fd;          /* the place among the held ones of what is executed, or -1 */
    unsigned int busy_timeout;
    bool shell_fallback;

    const struct fx_held *held;
    size_t held_count;
    const struct fx_plan_mask *mask; /* or NULL */
    int cgroup;                      /* the place among the held ones, or -1 */
    unsigned int birth_flags;        /* CLONE_NEW* that must be given at birth */
    const char *uid_map, *gid_map;   /* the text for the parent to write, or NULL */
    size_t pid_variables; /* how many, at the head of `environment`, the child's pid ends */
    bool has_gate;
    int death_signal;
    bool death_of_thread;
};

/* ---- the table of steps: one row a kind ---- */

/* `step` may be NULL where a plan has none of this kind. */
typedef void fx_print_subject(const struct fx_plan *plan, const struct fx_plan_step *step,
                              int index, char *text, size_t size);

struct fx_step_row {
    const char *name; /* in messages: the system call, mostly */
    const char *key;  /* the attribute: its field in fx_command */
    const char *family;
    unsigned char place[2]; /* in each order; 0 for what is no step of the child */
    fx_print_subject *print;
    const char *needs; /* what a system must have for it, if not all do; else NULL */
};

extern const struct fx_step_row fx_step_table[FX_STEP_COUNT];

/* Fill in an error for a step of this plan that failed. */
int fx_plan_error(const struct fx_plan *plan, fx_step kind, int index, int code, fx_error *error);

/* ---- of a plan that has not been launched: src/plan/edit.c ---- */

/* Let its children, which have a process group, join this one. */
void fx_plan_set_group(fx_plan *plan, pid_t group);
/* Where they would have a pipe for this standard stream, this descriptor instead. */
void fx_plan_connect(fx_plan *plan, int number, int descriptor);

/* ---- parts of the compiler ---- */

/*
 * Memory is measured first and filled in a second pass over the same code: with a NULL
 * base, or beyond its size, only `used` grows, and the functions return NULL.
 */
struct fx_block {
    unsigned char *base;
    size_t size;
    size_t used;
    bool borrows;         /* the caller's strings outlive the plan: point to them */
    bool only_attributes; /* for fx_apply(): steps that no attribute asks for are left out */
};

/* Compile into memory of the caller's if `room` (base and size) is enough; else as fx_compile(). */
int fx_compile_into(const fx_command *command, struct fx_block room, fx_plan **plan,
                    fx_error *error);

/* The mechanism that the command leads to, and why. */
fx_mechanism fx_choose_mechanism(const fx_command *command, fx_reason *reason);

/* Whether the helper may get it: then no string may be borrowed. */
bool fx_may_be_helped(const fx_command *command);
/* Whether the helper gives what fork would. */
bool fx_plan_suits_helper(const struct fx_plan *plan);

void *fx_block_take(struct fx_block *block, size_t count, size_t size);
/* Unaligned. */
char *fx_block_bytes(struct fx_block *block, size_t size);
const char *fx_block_string(struct fx_block *block, const char *text);
char *const *fx_block_strings(struct fx_block *block, const char *const *list);

/* The paths to try, in order, ending with NULL. */
char *const *fx_search_candidates(struct fx_block *block, const fx_command *command,
                                  const char *search_path);
/* The PATH to search, NULL if the command wants no search. */
const char *fx_search_path(const fx_command *command, char *const *environment);

/* The descriptor map and what stays open. */
int fx_plan_entries(struct fx_block *block, const fx_command *command, struct fx_plan *plan,
                    fx_error *error);

/* The steps, in the command's order. */
int fx_plan_steps(struct fx_block *block, const fx_command *command, struct fx_plan *plan,
                  fx_error *error);

#endif
