/* SPDX-License-Identifier: MIT
 *
 * Options: the environment.
 */
#include <string.h>

#include "value.h"

static int parse_ignore_environment(struct request *request, const struct option *option,
                                    const char *value) {
    static char *const nothing[] = {NULL};
    (void)option;
    (void)value;
    request->command.environment = nothing;
    return 0;
}

static int parse_unset(struct request *request, const struct option *option, const char *value) {
    (void)option;
    if (!*value || strchr(value, '='))
        return complain(request, "\"%s\" is not the name of a variable", value);
    list_add_text(&request->environment_unset, value);
    request->command.environment_unset = request->environment_unset.data;
    return 0;
}

static int parse_setenv(struct request *request, const struct option *option, const char *value) {
    (void)option;
    size_t length = strcspn(value, "=");
    if (length == 0 || !value[length])
        return complain(request, "\"%s\" is not NAME=VALUE", value);
    const char *const *set = request->environment_set.data;
    for (size_t i = 0; i < request->environment_set.count; i++)
        if (strncmp(set[i], value, length + 1) == 0)
            return complain(request, "%.*s is set twice", (int)length, value);
    list_add_text(&request->environment_set, value);
    request->command.environment_set = request->environment_set.data;
    return 0;
}

static int parse_clean_environment(struct request *request, const struct option *option,
                                   const char *value) {
    (void)option;
    (void)value;
    request->command.environment_clean = true;
    return 0;
}

static int parse_pid_variable(struct request *request, const struct option *option,
                              const char *value) {
    (void)option;
    request->command.pid_variable = value;
    return 0;
}

static const struct option options[] = {
    {.name = "ignore-environment",
     .letter = 'i',
     .fields = "environment",
     .help = "begin with an empty environment",
     .more = "A lone - does the same.",
     .parse = parse_ignore_environment},
    {.name = "unset",
     .letter = 'u',
     .metavar = "NAME",
     .repeats = true,
     .completion = COMPLETE_VARIABLE,
     .fields = "environment_unset",
     .help = "take a variable out",
     .parse = parse_unset},
    {.name = "setenv",
     .metavar = "NAME=VALUE",
     .repeats = true,
     .completion = COMPLETE_VARIABLE,
     .suffix = "=",
     .fields = "environment_set",
     .help = "set a variable, as an operand NAME=VALUE does",
     .more = "It is set after others have been taken out. NAME=VALUE before the command wins "
             "over this option.",
     .parse = parse_setenv},
    {.name = "clean-environment",
     .fields = "environment_clean",
     .help = "drop what changes how programs start, as LD_*",
     .more = "Also GLIBC_TUNABLES, PYTHON*, BASH_ENV, IFS and the like.",
     .parse = parse_clean_environment},
    {.name = "pid-variable",
     .metavar = "NAME",
     .completion = COMPLETE_VARIABLE,
     .fields = "pid_variable",
     .help = "set this variable to the command's process id",
     .parse = parse_pid_variable},
};

const struct family environment_family = FAMILY("Environment", options);
