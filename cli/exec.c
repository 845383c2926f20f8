/* SPDX-License-Identifier: MIT
 *
 * forkexec exec, and the exit status that says why there is no command.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "subcommand.h"

/* As env(1) and the shells have it; but a script whose interpreter is missing has been found. */
static int status_of(const fx_error *error) {
    if (error->step != FX_STEP_EXEC)
        return STATUS_FAILED;
    bool found = error->cause == FX_CAUSE_INTERPRETER || error->cause == FX_CAUSE_LOADER;
    bool missing = error->code == -ENOENT || error->code == -ENOTDIR;
    return missing && !found ? STATUS_NOT_FOUND : STATUS_NOT_EXECUTABLE;
}

/* There is nobody else to be told: what comes next is the command. */
static void tell_skipped(void *unused, fx_step step, int index, int code) {
    (void)unused;
    (void)index;
    (void)fprintf(stderr, "forkexec: %s: skipped: %s\n", fx_step_key(step), strerror(-code));
}

int run_exec(struct request *request) {
    fx_error error = {.size = sizeof error};
    request->command.reporter.function = tell_skipped;
    (void)fx_exec(&request->command, &error);
    complain_error(request, &error);
    return status_of(&error);
}
