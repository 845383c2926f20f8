/* SPDX-License-Identifier: MIT
 *
 * Options: how it is all done; and those of single subcommands.
 */
#include <string.h>

#include "value.h"

static int take_step(struct request *request, const char *item, void *context) {
    int step = 0;
    (void)context;
    int result =
        read_name(request, item, "a kind of step that can be skipped", fx_step_number, &step);
    fx_step *added = list_add(&request->best_effort, sizeof *added);
    *added = (fx_step)step;
    return result;
}

static int parse_best_effort(struct request *request, const struct option *option,
                             const char *value) {
    (void)option;
    int result = for_each_item(request, value, take_step, NULL);
    request->command.best_effort = request->best_effort.data;
    request->command.best_effort_count = request->best_effort.count;
    return result;
}

static int parse_mechanism(struct request *request, const struct option *option,
                           const char *value) {
    (void)option;
    for (int n = 0; n < FX_MECHANISM_COUNT; n++)
        if (strcmp(fx_mechanism_name((fx_mechanism)n), value) == 0) {
            request->command.mechanism = (fx_mechanism)n;
            return 0;
        }
    return complain(request, "\"%s\" is not a mechanism", value);
}

int parse_json(struct request *request, const struct option *option, const char *value) {
    (void)option;
    request->json = true;
    request->json_file = value;
    if (value && !*value)
        return complain(request, "the name of the file is empty");
    return 0;
}

static int parse_values(struct request *request, const struct option *option, const char *value) {
    (void)option;
    (void)value;
    request->values = true;
    return 0;
}

static int parse_help(struct request *request, const struct option *option, const char *value) {
    (void)option;
    (void)value;
    request->help = true;
    return 0;
}

static int parse_version(struct request *request, const struct option *option, const char *value) {
    (void)option;
    (void)value;
    request->version = true;
    return 0;
}

static const struct option engine_options[] = {
    {.name = "best-effort",
     .metavar = "STEP,...",
     .repeats = true,
     .list = true,
     .completion = COMPLETE_STEP,
     .fields = "best_effort",
     .help = "go on if one of these steps fails",
     .more = "Steps have the names that `forkexec explain --json` gives them, such as nice.",
     .parse = parse_best_effort},
    {.name = "mechanism",
     .metavar = "NAME",
     .completion = COMPLETE_MECHANISM,
     .fields = "mechanism",
     .help = "how a child is made; means nothing to exec",
     .parse = parse_mechanism},
};

static const struct option explain_options[] = {
    {.name = "json",
     .metavar = "FILE",
     .optional = true,
     .completion = COMPLETE_FILE,
     .help = "print JSON, to standard output or to FILE",
     .parse = parse_json},
    {.name = "values", .help = "show the values of environment variables", .parse = parse_values},
};

static const struct option doctor_options[] = {
    {.name = "json",
     .metavar = "FILE",
     .optional = true,
     .completion = COMPLETE_FILE,
     .help = "print JSON, to standard output or to FILE",
     .parse = parse_json},
};

static const struct option common_options[] = {
    {.name = "help",
     .letter = 'h',
     .at_once = true,
     .help = "print this text",
     .parse = parse_help},
    {.name = "version",
     .letter = 'V',
     .at_once = true,
     .help = "print the version",
     .parse = parse_version},
};

const struct family engine_family = FAMILY("Engine", engine_options);
const struct family explain_family = FAMILY("Output", explain_options);
const struct family doctor_family = FAMILY("Output", doctor_options);
const struct family common_family = FAMILY("Help", common_options);
