/* SPDX-License-Identifier: MIT */
#include "supervision.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <string.h>

#include "platform.h"
#include "request.h"
#include "scope.h"

int supervision_complete(struct request *request) {
    struct supervision *asked = &request->supervision;
    fx_command *command = &request->command;
    if (!asked->scope_given)
        asked->scope = widest_scope();
    if (asked->stop_signal == 0)
        asked->stop_signal = SIGTERM;
    if (asked->keep.set && !asked->max_output.set)
        return complain(request, "--keep-output: needs --max-output");
    /* Who is stopped at its exec waits for a debugger, and forkexec is none. */
    if (command->traced)
        return complain(request, "--traced: nobody would let the command go on");
    if (asked->scope == FX_SCOPE_CGROUP && !command->cgroup && !command->cgroup_fd.set)
        return complain(request, "--kill-scope: cgroup needs --cgroup or --cgroup-fd");
    if (asked->scope == FX_SCOPE_SESSION && command->process_group.set)
        return complain(request, "--kill-scope: session contradicts --process-group");
    if (asked->scope == FX_SCOPE_GROUP && command->process_group.set &&
        command->process_group.value != 0)
        return complain(request, "--kill-scope: group needs one that the command leads");
    scope_imply(command, asked->scope);
    return 0;
}

int supervision_scope(struct request *request, fx_scope *scope) {
    *scope = (fx_scope){.kind = request->supervision.scope, .cgroup = -1};
    if (scope->kind != FX_SCOPE_CGROUP)
        return 0;
    int directory = scope_open_cgroup(&request->command);
    if (directory < 0)
        return complain(request, "--kill-scope: the cgroup: %s", strerror(-directory));
    scope->cgroup = directory;
    return 0;
}

static int in_bounds(unsigned long long time) { return time > INT_MAX ? INT_MAX : (int)time; }

size_t supervision_rungs(const struct supervision *supervision, fx_rung rungs[RUNGS]) {
    bool kills = supervision->kill_after.set && supervision->stop_signal != SIGKILL;
    rungs[0] =
        (fx_rung){supervision->stop_signal, kills ? in_bounds(supervision->kill_after.value) : -1};
    rungs[1] = (fx_rung){SIGKILL, -1};
    return kills ? 2 : 1;
}
