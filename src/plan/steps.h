/* SPDX-License-Identifier: MIT
 *
 * Building the list of steps: a file for each family of attributes adds those that a command
 * asks for, in any order, and says how their subjects are printed.
 */
#ifndef FX_PLAN_STEPS_H
#define FX_PLAN_STEPS_H

#include "plan.h"

/* Steps are counted, and left out, while the block has no memory. */
struct fx_builder {
    struct fx_block *block;
    const fx_command *command;
    struct fx_plan *plan;
    struct fx_plan_step *steps;
    size_t count;
    struct fx_held *held;
    size_t held_count;
    unsigned long long best_effort; /* bit n: kind n */
    fx_error *error;
    int result; /* of the first thing that went wrong */
};

/*
 * Add one. A kind that this system lacks is an error that names the attribute and what it needs, or
 * where it need not succeed, a step that is skipped.
 */
void fx_add(struct fx_builder *builder, struct fx_plan_step step);
void fx_add_number(struct fx_builder *builder, fx_step kind, long number);

/*
 * A descriptor that a step needs, given as the caller's own or as a path to be opened with
 * `flags` at each launch: the child finds it, close-on-exec and out of the way of
 * the map, in frame->held[step->held]; or, where the step need not succeed, a negative errno that
 * says why there is none. Returns that place.
 */
int fx_hold(struct fx_builder *builder, fx_step kind, int index, int descriptor, const char *path,
            int flags);

/* A lasting copy of a list of the caller's; NULL while the block has no memory. */
const void *fx_copy_list(struct fx_builder *builder, const void *list, size_t count, size_t size);

/* ---- the families ---- */

typedef void fx_add_family(struct fx_builder *builder);

fx_add_family fx_add_session, fx_add_scheduling, fx_add_limits, fx_add_namespaces;
fx_add_family fx_add_descriptors, fx_add_identity, fx_add_directory, fx_add_confinement;
fx_add_family fx_add_death, fx_add_signals, fx_add_environment, fx_add_exec;

/* A part of identity. */
void fx_add_capabilities(struct fx_builder *builder);

/* ---- how subjects are printed ---- */

fx_print_subject fx_print_nothing, fx_print_number, fx_print_path;
fx_print_subject fx_print_setpgid, fx_print_terminal, fx_print_entry, fx_print_callback,
    fx_print_exec;
fx_print_subject fx_print_held;
fx_print_subject fx_print_limit, fx_print_octal;
fx_print_subject fx_print_scheduling, fx_print_nice, fx_print_affinity, fx_print_io_priority;
fx_print_subject fx_print_timer_slack;
fx_print_subject fx_print_groups, fx_print_capabilities, fx_print_securebits;
fx_print_subject fx_print_keep_capabilities, fx_print_dumpable;
fx_print_subject fx_print_chroot, fx_print_namespace, fx_print_unshare, fx_print_id_maps;
fx_print_subject fx_print_no_new_privs, fx_print_landlock, fx_print_seccomp, fx_print_personality;
fx_print_subject fx_print_signal, fx_print_mask;

#endif
