/* SPDX-License-Identifier: MIT */
#include "steps.h"

void fx_add_death(struct fx_builder *builder) { (void)builder; }
