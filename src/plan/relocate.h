/* SPDX-License-Identifier: MIT
 *
 * A plan whose bytes were copied to another address, with the pointers as they were.
 */
#ifndef FX_PLAN_RELOCATE_H
#define FX_PLAN_RELOCATE_H

#include "plan.h"

/* What lay at `from` now lies at `to`. */
struct fx_moved {
    const char *from;
    char *to;
    size_t size;
};

struct fx_relocation {
    const struct fx_moved *parts;
    size_t count;
    bool failed; /* a pointer led to none of them */
};

/* Where the thing is that was there; NULL for NULL, and for what was not moved. */
void *fx_relocated(struct fx_relocation *relocation, const void *pointer);

/*
 * Mend all pointers of the plan, which is a whole one: no string of it is borrowed. The functions
 * of its caller are gone.
 */
void fx_plan_relocate(struct fx_plan *plan, struct fx_relocation *relocation);

/* The same for a list of strings that ends with NULL: what is to be known as that list now. */
char *const *fx_relocated_strings(struct fx_relocation *relocation, char *const *list);

#endif
