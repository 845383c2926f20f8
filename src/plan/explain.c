/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "plan.h"

int fx_explain(const fx_plan *plan, fx_format format, unsigned int flags, char *text, size_t size) {
    (void)plan;
    (void)format;
    (void)flags;
    return snprintf(text, size, "%s", "");
}
