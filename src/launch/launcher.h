/* SPDX-License-Identifier: MIT */
#ifndef FX_LAUNCHER_H
#define FX_LAUNCHER_H

#include "launch.h"

/* Make the child; as the result of a launch has it. Signals are blocked in the calling thread. */
typedef pid_t fx_make_child(struct fx_launch *launch, fx_error *error);

/* Let a thread do it that lives as long as the child, while the calling one sleeps. */
pid_t fx_launcher_make(struct fx_launch *launch, fx_make_child *make, fx_error *error);

#endif
