/* SPDX-License-Identifier: MIT
 *
 * Options: how long the command may run, and how it is stopped.
 */
#include "value.h"

static int parse_timeout(struct request *request, const struct option *option, const char *value) {
    (void)option;
    return read_deadline(request, value, &request->supervision.timeout);
}

static int parse_kill_after(struct request *request, const struct option *option,
                            const char *value) {
    (void)option;
    return read_deadline(request, value, &request->supervision.kill_after);
}

static int parse_idle_timeout(struct request *request, const struct option *option,
                              const char *value) {
    (void)option;
    return read_deadline(request, value, &request->supervision.idle_timeout);
}

static int parse_signal(struct request *request, const struct option *option, const char *value) {
    (void)option;
    return read_name(request, value, "a signal", fx_signal_number,
                     &request->supervision.stop_signal);
}

static int parse_kill_scope(struct request *request, const struct option *option,
                            const char *value) {
    int number = 0;
    (void)option;
    int result = read_name(request, value, "a scope", fx_scope_number, &number);
    request->supervision.scope = (fx_scope_kind)number;
    request->supervision.scope_given = true;
    return result;
}

static int parse_preserve_status(struct request *request, const struct option *option,
                                 const char *value) {
    (void)option;
    (void)value;
    request->supervision.preserve_status = true;
    return 0;
}

static const struct option deadline_options[] = {
    {.name = "timeout",
     .metavar = "DURATION",
     .help = "stop it if it runs longer; exit with 124",
     .more = "A DURATION is a number, perhaps with a fraction, and ms, s (which is meant without), "
             "m, h or d. 0 is none.",
     .parse = parse_timeout},
    {.name = "kill-after",
     .metavar = "DURATION",
     .help = "send SIGKILL so long after the first signal",
     .more = "Then the exit status is 137.",
     .parse = parse_kill_after},
    {.name = "signal",
     .letter = 's',
     .metavar = "SIG",
     .completion = COMPLETE_SIGNAL,
     .help = "stop it by this signal, not SIGTERM",
     .parse = parse_signal},
    {.name = "kill-scope",
     .metavar = "SCOPE",
     .completion = COMPLETE_SCOPE,
     .help = "what is stopped with it: group, descendants",
     .more = "It is process: the command alone; group: the process group that it leads, which "
             "implies --process-group=0 if there is no new session; session, which implies "
             "--new-session; cgroup, that of --cgroup; or descendants, which is meant where the "
             "system has a tree of processes to be looked at.",
     .parse = parse_kill_scope},
};

static const struct option supervision_options[] = {
    {.name = "idle-timeout",
     .metavar = "DURATION",
     .help = "stop it if it writes nothing for so long",
     .more = "Standard output and standard error then are pipes.",
     .parse = parse_idle_timeout},
    {.name = "preserve-status",
     .help = "exit with its own status when it was stopped",
     .parse = parse_preserve_status},
};

const struct family deadline_family = FAMILY("Deadline", deadline_options);
const struct family supervision_family = FAMILY("Supervision", supervision_options);
