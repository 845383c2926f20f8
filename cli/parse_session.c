/* SPDX-License-Identifier: MIT
 *
 * Options: session, process group and terminal.
 */
#include <limits.h>

#include "value.h"

static int parse_new_session(struct request *request, const struct option *option,
                             const char *value) {
    (void)option;
    (void)value;
    request->command.new_session = true;
    return 0;
}

static int parse_process_group(struct request *request, const struct option *option,
                               const char *value) {
    (void)option;
    request->command.process_group.set = true;
    return read_int(request, value, 0, INT_MAX, &request->command.process_group.value);
}

static int parse_ctty(struct request *request, const struct option *option, const char *value) {
    (void)option;
    return read_optional_descriptor(request, value, &request->command.controlling_terminal);
}

static int parse_foreground(struct request *request, const struct option *option,
                            const char *value) {
    (void)option;
    return read_optional_descriptor(request, value, &request->command.foreground);
}

static const struct option options[] = {
    {.name = "new-session",
     .aliases = "setsid",
     .fields = "new_session",
     .help = "lead a new session: setsid(2)",
     .parse = parse_new_session},
    {.name = "process-group",
     .metavar = "PGID",
     .fields = "process_group",
     .help = "join this process group; 0: lead a new one",
     .parse = parse_process_group},
    {.name = "ctty",
     .metavar = "FD",
     .optional = true,
     .completion = COMPLETE_DESCRIPTOR,
     .fields = "controlling_terminal",
     .help = "make this terminal (0) the one of the new session",
     .parse = parse_ctty},
    {.name = "foreground",
     .metavar = "FD",
     .optional = true,
     .completion = COMPLETE_DESCRIPTOR,
     .fields = "foreground",
     .help = "be in the foreground of this terminal (0)",
     .parse = parse_foreground},
};

const struct family session_family = FAMILY("Session and terminal", options);
