/* SPDX-License-Identifier: MIT
 *
 * Options: what comes last before the command is executed, and how it ends.
 */
#include <limits.h>

#include "value.h"

static int parse_pdeathsig(struct request *request, const struct option *option,
                           const char *value) {
    (void)option;
    return read_name(request, value, "a signal", fx_signal_number, &request->command.death_signal);
}

static int parse_gate(struct request *request, const struct option *option, const char *value) {
    (void)option;
    request->command.gate.set = true;
    return read_descriptor(request, value, &request->command.gate.value);
}

static int parse_traced(struct request *request, const struct option *option, const char *value) {
    (void)option;
    (void)value;
    request->command.traced = true;
    return 0;
}

static int parse_alarm(struct request *request, const struct option *option, const char *value) {
    int seconds = 0;
    (void)option;
    int result = read_int(request, value, 1, INT_MAX, &seconds);
    request->command.alarm = (unsigned int)seconds;
    return result;
}

static const struct option options[] = {
    {.name = "pdeathsig",
     .metavar = "SIG",
     .completion = COMPLETE_SIGNAL,
     .fields = "death_signal",
     .help = "get this signal when the parent process ends",
     .parse = parse_pdeathsig},
    {.name = "gate",
     .metavar = "FD",
     .completion = COMPLETE_DESCRIPTOR,
     .fields = "gate",
     .help = "wait for end-of-file on FD first",
     .parse = parse_gate},
    {.name = "traced",
     .fields = "traced",
     .help = "be traced by the parent: PTRACE_TRACEME",
     .parse = parse_traced},
    {.name = "alarm",
     .metavar = "SECONDS",
     .fields = "alarm",
     .help = "get SIGALRM after so long",
     .parse = parse_alarm},
};

const struct family start_family = FAMILY("Start and end", options);
