/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "command.h"
#include "platform/platform.h"
#include "platform/scheduling.h"

static int check_bound(const fx_limit *limit, const fx_limit_bound *bound, const char *which,
                       fx_error *error) {
    if ((unsigned int)bound->kind > FX_LIMIT_ALLOWED)
        return fx_error_command(error, -EINVAL, "limits", "%d is no fx_limit_kind", bound->kind);
    if (bound->kind == FX_LIMIT_ALLOWED && bound == &limit->hard)
        return fx_error_command(error, -EINVAL, "limits",
                                "%s: as much as is allowed is for the soft limit", which);
    return 0;
}

/* What can be told without the parent's own limits, which are those at the launch. */
static unsigned long long least(const fx_limit_bound *bound) {
    return bound->kind == FX_LIMIT_UNLIMITED ? FX_UNLIMITED
           : bound->kind == FX_LIMIT_VALUE   ? bound->value
                                             : 0;
}

static int check_limit(const fx_command *command, size_t i, fx_error *error) {
    const fx_limit *limit = &command->limits[i];
    struct fx_bounds now;
    const char *name = fx_limit_name(limit->resource);
    int result = fx_sys_get_limit(limit->resource, &now);
    if (result == -EINVAL)
        return fx_error_command(error, result, "limits", "%d is no resource of this system",
                                limit->resource);
    name = name ? name : "the resource";
    if (result < 0)
        return fx_error_command(error, result, "limits", "%s cannot be looked at", name);
    result = check_bound(limit, &limit->soft, name, error);
    if (result == 0)
        result = check_bound(limit, &limit->hard, name, error);
    if (result < 0)
        return result;
    bool hard_is_known =
        limit->hard.kind == FX_LIMIT_VALUE || limit->hard.kind == FX_LIMIT_UNLIMITED;
    if (hard_is_known && least(&limit->soft) > least(&limit->hard))
        return fx_error_command(error, -EINVAL, "limits",
                                "%s: the soft limit is above the hard limit", name);
    for (size_t k = 0; k < i; k++)
        if (command->limits[k].resource == limit->resource)
            return fx_error_command(error, -EINVAL, "limits", "%s is given twice", name);
    return 0;
}

int fx_check_limits(const fx_command *command, fx_error *error) {
    if (command->limit_count && !command->limits)
        return fx_error_command(error, -EINVAL, "limits", "the list is NULL");
    for (size_t i = 0; i < command->limit_count; i++) {
        int result = check_limit(command, i, error);
        if (result < 0)
            return result;
    }
    return 0;
}
