/* SPDX-License-Identifier: MIT */
#ifndef FX_FOLLOW_SCOPE_H
#define FX_FOLLOW_SCOPE_H

#include "forkexec.h"

/* Whether it is a signal, or 0. */
bool fx_is_signal(int signal);
/*
 * Whether there is such a scope on this system. -EINVAL: a kind that is none, a descriptor of no
 * control group, or of one that the calling process is in.
 */
int fx_scope_check(const fx_scope *scope);
/* Whether it is one of this child's: -EINVAL, -ESRCH. */
int fx_scope_check_leader(fx_child *child, const fx_scope *scope);

#endif
