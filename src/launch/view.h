/* SPDX-License-Identifier: MIT
 *
 * The file system as a child saw it that has failed: from its root and its directory.
 */
#ifndef FX_VIEW_H
#define FX_VIEW_H

#include <limits.h>
#include <stdbool.h>

#include "plan/plan.h"

struct fx_view {
    int root;              /* -1: the parent's own */
    int directory;         /* where relative paths begin, or AT_FDCWD; without a root */
    char inside[PATH_MAX]; /* the same, below `root` */
};

/* The parent's. */
void fx_view_begin(struct fx_view *view);
/* What the steps of this plan make of it. False: it cannot be told. */
bool fx_view_open(struct fx_view *view, const struct fx_plan *plan);
void fx_view_close(struct fx_view *view);

/* A descriptor or a negative errno: open(2). */
int fx_view_look(const struct fx_view *view, const char *path, int flags);
/* Whether there certainly is nothing. */
bool fx_view_lacks(const struct fx_view *view, const char *path);

#endif
