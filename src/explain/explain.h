/* SPDX-License-Identifier: MIT
 *
 * A plan in words, for people and for programs. Nothing here is run: what is said is what the
 * table of steps, the planner of moves and the child's code lead to on Linux.
 */
#ifndef FX_EXPLAIN_H
#define FX_EXPLAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "plan/plan.h"

/* Text of any length into a buffer that may be too small, like snprintf(3). */
struct fx_text {
    char *start;
    size_t size;
    size_t used; /* also of what there is no room for */
};

void fx_text_bytes(struct fx_text *text, const char *bytes, size_t size);
void fx_text_string(struct fx_text *text, const char *string);
__attribute__((format(printf, 2, 3))) void fx_text_print(struct fx_text *text, const char *format,
                                                         ...);
/* A string of JSON, with its quotes. Bytes that are no UTF-8 become lone surrogates, as Python's
 * surrogateescape has them: nothing is lost, and nobody mistakes them for something else. */
void fx_text_json(struct fx_text *text, const char *string);
/* The same of the first `size` bytes; a NUL follows them, or a byte that begins a character. */
void fx_text_json_bytes(struct fx_text *text, const char *string, size_t size);

/* One thing that the child does. */
struct fx_action {
    fx_step step;
    const char *calls; /* system calls, separated by spaces; "" for what is done at birth */
    const char *call;  /* as messages name it */
    const char *subject;
    const char *note; /* or "" */
    bool best_effort;
};

/* Tell each action of the plan, in order. */
typedef void fx_tell(void *context, const struct fx_action *action);
void fx_explain_actions(const struct fx_plan *plan, fx_tell *tell, void *context);

/* The system calls of a step on the plan's mechanism. */
const char *fx_calls_of(const struct fx_plan *plan, const struct fx_plan_step *step);

void fx_explain_text(const struct fx_plan *plan, unsigned int flags, struct fx_text *text);
void fx_explain_json(const struct fx_plan *plan, unsigned int flags, struct fx_text *text);

#endif
