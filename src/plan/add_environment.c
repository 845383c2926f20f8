/* SPDX-License-Identifier: MIT */
#include "steps.h"

void fx_add_environment(struct fx_builder *builder) { (void)builder; }
