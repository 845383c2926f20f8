/* SPDX-License-Identifier: MIT
 *
 * Options: which file is executed, and how.
 */
#include <limits.h>

#include "value.h"

static int parse_argv0(struct request *request, const struct option *option, const char *value) {
    (void)option;
    list_add_text(&request->arguments, value);
    return 0;
}

static int parse_program_fd(struct request *request, const struct option *option,
                            const char *value) {
    (void)option;
    request->command.program_fd.set = true;
    return read_descriptor(request, value, &request->command.program_fd.value);
}

static int parse_busy_timeout(struct request *request, const struct option *option,
                              const char *value) {
    (void)option;
    int milliseconds = 0;
    int result = read_int(request, value, 0, INT_MAX, &milliseconds);
    request->command.busy_timeout = (unsigned int)milliseconds;
    return result;
}

static int parse_shell_fallback(struct request *request, const struct option *option,
                                const char *value) {
    (void)option;
    (void)value;
    request->command.shell_fallback = true;
    return 0;
}

static const struct option options[] = {
    {.name = "argv0",
     .letter = 'a',
     .metavar = "NAME",
     .fields = "argv",
     .help = "what the program sees as its own name",
     .parse = parse_argv0},
    {.name = "program-fd",
     .metavar = "FD",
     .completion = COMPLETE_DESCRIPTOR,
     .fields = "program_fd",
     .help = "execute this open file; the command is its name",
     .more = "A script has to be passed on with --keep too, as its interpreter opens it by "
             "the number of the descriptor.",
     .parse = parse_program_fd},
    {.name = "busy-timeout",
     .metavar = "MS",
     .fields = "busy_timeout",
     .help = "try so long while the file is open for writing",
     .more = "In milliseconds. The kernel refuses to execute such a file with ETXTBSY.",
     .parse = parse_busy_timeout},
    {.name = "shell-fallback",
     .fields = "shell_fallback",
     .help = "give a file that is in no format to /bin/sh",
     .parse = parse_shell_fallback},
};

const struct family program_family = FAMILY("Program", options);
