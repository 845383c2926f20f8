/* SPDX-License-Identifier: MIT */
#ifndef FORKEXEC_CLI_SCOPE_H
#define FORKEXEC_CLI_SCOPE_H

#include <forkexec.h>

/* A group or a session is the command's own, which is what it then has to begin with. */
void scope_imply(fx_command *command, fx_scope_kind kind);
/* The directory of the control group that the command names, to be closed; or a negative errno. */
int scope_open_cgroup(const fx_command *command);

#endif
