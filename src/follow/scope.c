/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "follow.h"

int fx_signal_scope(fx_child *child, const fx_scope *scope, int signal) {
    return !scope || scope->kind == FX_SCOPE_PROCESS ? fx_signal(child, signal) : -ENOTSUP;
}

int fx_scope_count(fx_child *child, const fx_scope *scope) {
    (void)child;
    (void)scope;
    return -ENOTSUP;
}
