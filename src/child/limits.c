/* SPDX-License-Identifier: MIT */
#include "child.h"
#include "platform/platform.h"
#include "platform/scheduling.h"

static unsigned long long chosen(const fx_limit_bound *bound, unsigned long long kept,
                                 unsigned long long most) {
    switch (bound->kind) {
    case FX_LIMIT_VALUE:
        return bound->value;
    case FX_LIMIT_UNLIMITED:
        return FX_UNLIMITED;
    case FX_LIMIT_ALLOWED:
        return bound->value && bound->value < most ? bound->value : most;
    case FX_LIMIT_KEEP:
        break;
    }
    return kept;
}

static bool depends_on_old(const fx_limit_bound *bound) {
    return bound->kind == FX_LIMIT_KEEP || bound->kind == FX_LIMIT_ALLOWED;
}

int fx_run_limit(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    const fx_limit *limit = step->data;
    struct fx_bounds old = {0, 0}, bounds;
    (void)frame;
    (void)index;
    if (depends_on_old(&limit->soft) || depends_on_old(&limit->hard)) {
        int result = fx_sys_get_limit(limit->resource, &old);
        if (result < 0)
            return result;
    }
    bounds.hard = chosen(&limit->hard, old.hard, old.hard);
    bounds.soft = chosen(&limit->soft, old.soft, bounds.hard);
    /* A hard limit alone takes the soft one down with it, as it does in a shell. */
    if (limit->soft.kind == FX_LIMIT_KEEP && bounds.soft > bounds.hard)
        bounds.soft = bounds.hard;
    return fx_sys_set_limit(limit->resource, &bounds);
}

int fx_run_umask(struct fx_frame *frame, const struct fx_plan_step *step, int *index) {
    (void)frame;
    (void)index;
    return fx_sys_umask((mode_t)step->number);
}
