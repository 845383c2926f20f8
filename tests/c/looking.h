/* SPDX-License-Identifier: MIT
 *
 * For the tests of what Linux can contain a process with.
 */
#ifndef FX_TEST_LOOKING_H
#define FX_TEST_LOOKING_H

#include "support.h"

/* Run the program `look` with these arguments; what it says, to be freed. */
char *look(const fx_command *command, char *const arguments[]);
#define LOOK(command, ...) look((command), ARGV("look", __VA_ARGS__))

/* Any other program that writes to standard output, without arguments. */
#define LOOK_WITH(program, command) look((command), ARGV(program))

bool is_superuser(void);
/* Whether this process has CAP_SYS_RESOURCE. */
bool may_raise_limits(void);
/* Whether this build, on this kernel, can do what this attribute asks for. */
bool is_offered(const char *attribute);
/*
 * For the beginning of a test: true if the attribute is not to be had here, and then it has been
 * seen that this is what is said when the command is compiled.
 */
bool is_lacking(const fx_command *command, const char *attribute);

/* A command whose only attribute this is, and which does nothing. */
fx_command idle_command(void);
/* The same, left to the library or forked: for what cannot be done on shared memory. */
fx_command idle_command_of_its_own(void);

/* Where a link of /proc points to: "net:[4026531840]"; valid for the next 7 calls. */
const char *link_of(const char *path);

/* The command must not compile: this field, for this reason. */
void assert_wrong(const fx_command *command, int code, const char *field, const char *reason);

/* ---- namespaces ---- */

enum { NAMESPACE_KINDS = 8 };
/* A child born in a new user namespace is none for the helper. */
void leave_helper_at_birth(fx_command *command);
struct namespace_kind {
    unsigned int type;
    const char *constant;
    const char *link; /* of the namespace that a process will have when it has made or joined one */
};
extern const struct namespace_kind namespace_kinds[NAMESPACE_KINDS];

/* An idle command that unshares these; and a user namespace, if this process needs one for that. */
fx_command unsharing(unsigned int namespaces);
/* Run it as `look` at all of these links. */
char *see_namespaces(const fx_command *command);

/* Run this whole test program once more, as nobody. `own_path` is its argv[0]. */
void run_again_unprivileged(const char *own_path);

#endif
