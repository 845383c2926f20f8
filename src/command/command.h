/* SPDX-License-Identifier: MIT
 *
 * The command as the library works with it: whole, whatever the caller's version, and valid.
 */
#ifndef FX_COMMAND_H
#define FX_COMMAND_H

#include "error/error.h"
#include "forkexec.h"

/* Copy what the caller set; -E2BIG if that has a field this library does not know. */
int fx_command_copy(const fx_command *given, fx_command *command, fx_error *error);

/* Everything that can be known to be wrong before anything is done. */
int fx_command_check(const fx_command *command, fx_error *error);
int fx_check_descriptors(const fx_command *command, fx_error *error);

/*
 * The child's environment: what is inherited or given, edited. Points into the caller's
 * strings. `owned` is NULL, or an array to be freed that `list` lies in.
 */
struct fx_environment {
    char *const *list;
    char **owned;
};

int fx_environment_resolve(const fx_command *command, struct fx_environment *environment,
                           fx_error *error);
void fx_environment_free(struct fx_environment *environment);
/* The value of a variable, or NULL. */
const char *fx_environment_value(char *const *list, const char *name);

/* Whether the child ends up as another user or with other groups. */
bool fx_command_changes_identity(const fx_command *command);

#endif
