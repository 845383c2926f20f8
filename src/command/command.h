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

/*
 * Whether any attribute is set. The code that looks at each of them lies in many places, and after
 * each child it comes from memory anew: a plain command passes it by.
 */
bool fx_command_has_attributes(const fx_command *command);

/* Everything that can be known to be wrong before anything is done. */
int fx_command_check(const fx_command *command, fx_error *error);

/* Its parts, a file for each family. */
typedef int fx_check_family(const fx_command *command, fx_error *error);
fx_check_family fx_check_descriptors, fx_check_directory, fx_check_session, fx_check_identity;
fx_check_family fx_check_limits, fx_check_scheduling, fx_check_signals, fx_check_capabilities;
fx_check_family fx_check_namespaces, fx_check_confinement, fx_check_variables, fx_check_exec;
fx_check_family fx_check_death;

/* The descriptor must be open; `field` says whose it is. */
int fx_check_open(int descriptor, const char *field, fx_error *error);

bool fx_signals_have(const fx_signals *signals, int number);

/* Whether the program is a script, as far as can be told. */
bool fx_program_is_script(int descriptor);

/*
 * The child's environment: what is inherited or given, edited. Points into the caller's
 * strings. `owned` is NULL, or an array to be freed that `list` lies in, as do its first
 * `pid_variables` entries: they end with the "=" that the child's pid will stand behind.
 */
struct fx_environment {
    char *const *list;
    char **owned;
    size_t pid_variables;
};

int fx_environment_resolve(const fx_command *command, struct fx_environment *environment,
                           fx_error *error);
void fx_environment_free(struct fx_environment *environment);
/* The names of the variables that get the child's pid; how many these are. */
enum { FX_PID_VARIABLES = 2 };
size_t fx_pid_variables(const fx_command *command, const char *names[FX_PID_VARIABLES]);
/* Whether an entry is the variable of this name. */
bool fx_variable_is(const char *entry, const char *name);
/* Whether `environment_clean` drops it. */
bool fx_variable_is_unsafe(const char *entry);
/* The value of a variable, or NULL. */
const char *fx_environment_value(char *const *list, const char *name);

/* Whether capabilities have to be kept over a change of user (PR_SET_KEEPCAPS). */
bool fx_command_keeps_capabilities(const fx_command *command);

/* Whether steps of this kind need not succeed. */
bool fx_command_may_skip(const fx_command *command, fx_step step);

/* Why it may not be the helper's, as a sentence; or NULL. */
const char *fx_command_helper_obstacle(const fx_command *command);
/* Why the child of this command may not share memory with its parent, or FX_REASON_NONE. */
fx_reason fx_command_obstacle(const fx_command *command);

/*
 * Fill in what stands for something else: names of users and groups, sockets to be listened on,
 * ... What is made for that is in `resolved`, to be freed; `command` points into it.
 */
struct fx_resolved {
    void *memory[4];
    size_t count;
};
int fx_command_resolve(fx_command *command, struct fx_resolved *resolved, fx_error *error);
void fx_resolved_free(struct fx_resolved *resolved);
/* Its parts. */
int fx_resolve_listen(fx_command *command, struct fx_resolved *resolved, fx_error *error);
int fx_resolve_identity(fx_command *command, struct fx_resolved *resolved, fx_error *error);

#endif
