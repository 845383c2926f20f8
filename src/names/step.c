/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "names.h"
#include "plan/plan.h"

int fx_step_number(const char *name) {
    for (int kind = 0; kind < FX_STEP_COUNT; kind++)
        if (fx_step_table[kind].place[0] > 0 && fx_name_is(name, "", fx_step_table[kind].key))
            return kind;
    return -EINVAL;
}
