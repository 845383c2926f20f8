/* SPDX-License-Identifier: MIT
 *
 * forkexec exec.
 */
#include "subcommand.h"

/* There is nobody else to be told: what comes next is the command. */
static void report_skipped(void *unused, fx_step step, int index, int code) {
    (void)unused;
    (void)index;
    tell_skipped(step, code);
}

int run_exec(struct request *request) {
    fx_error error = {.size = sizeof error};
    request->command.reporter.function = report_skipped;
    (void)fx_exec(&request->command, &error);
    complain_error(request, &error);
    return status_of(&error);
}
