/* SPDX-License-Identifier: MIT
 *
 * Starting a command that has attributes. What failed is then known in the parent, with all that
 * the engine can say about it.
 */
#ifndef NATIVE_PREPARED_H
#define NATIVE_PREPARED_H

#include "module.h"

#include "attributes.h"
#include "forkexec.h"
#include "report.h"

struct prepared {
    struct module_state *state;
    const struct attributes *attributes;
    fx_command *command;
    int errpipe_write; /* what a caller reads who knows nothing of the attributes; or -1 */
    fx_plan *plan;
    fx_child child;
    fx_error error;
    struct report_slot slot;
    char sentence[FX_MESSAGE_MAX]; /* of the slot's failure */
};

void prepared_init(struct prepared *prepared, struct module_state *state,
                   const struct attributes *attributes, fx_command *command);
void prepared_release(struct prepared *prepared);

/* For clone3 and nothing else. A negative errno with `error`. */
int prepared_compile(struct prepared *prepared);

/*
 * Launch, other threads running meanwhile. A negative errno with `error` if there is no child; if
 * there is one and it has failed, the slot says so.
 */
int prepared_launch(struct prepared *prepared);

/* fork_exec with attributes: the process id, or NULL with an exception. */
PyObject *prepared_fork_exec(struct prepared *prepared, PyObject *directory);

/* Whether the command itself, or what it needs, is wrong because of the attributes. */
bool prepared_is_to_blame(const struct prepared *prepared);

#endif
