/* SPDX-License-Identifier: MIT
 *
 * Options of forkexec batch: what is read, and what is run of it.
 */
#include "options.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <string.h>

#include "../value.h"
#include "parse.h"

const char *const input_format_words[] = {"lines", "null", "json", NULL};

struct batch_options *batch_options(struct request *request) {
    if (!request->batch)
        request->batch = allocate(1, sizeof *request->batch);
    return request->batch;
}

int read_word(const struct request *request, const char *const *words, const char *what,
              const char *value, int *number) {
    for (*number = 0; words[*number]; ++*number)
        if (strcmp(words[*number], value) == 0)
            return 0;
    return complain(request, "\"%s\" is not %s", value, what);
}

static int parse_format(struct request *request, const struct option *option, const char *value) {
    (void)option;
    int number;
    int result = read_word(request, input_format_words, "lines, null or json", value, &number);
    batch_options(request)->format = (enum input_format)number;
    return result;
}

static int parse_null(struct request *request, const struct option *option, const char *value) {
    (void)option;
    (void)value;
    batch_options(request)->format = INPUT_NULL;
    return 0;
}

static int parse_shell(struct request *request, const struct option *option, const char *value) {
    (void)option;
    (void)value;
    batch_options(request)->shell = true;
    return 0;
}

static int parse_jobs(struct request *request, const struct option *option, const char *value) {
    enum { MOST = 100000 };
    (void)option;
    if (strcmp(value, "auto") == 0)
        return 0;
    return read_int(request, value, 1, MOST, &batch_options(request)->jobs);
}

static int parse_retries(struct request *request, const struct option *option, const char *value) {
    (void)option;
    fx_number *tries = &batch_options(request)->tries;
    tries->set = true;
    return read_int(request, value, 0, INT_MAX, &tries->value);
}

static int parse_halt(struct request *request, const struct option *option, const char *value) {
    (void)option;
    if (halt_rule_of(value, &batch_options(request)->halt) < 0)
        return complain(request, "\"%s\" is not never, or as now,fail=1 or soon,success=20%%",
                        value);
    return 0;
}

static int take_duration(const struct request *request, const char *value, fx_count *field) {
    field->set = true;
    return read_duration(request, value, &field->value);
}

static int parse_timeout(struct request *request, const struct option *option, const char *value) {
    (void)option;
    return read_deadline(request, value, &batch_options(request)->timeout);
}

static int parse_kill_after(struct request *request, const struct option *option,
                            const char *value) {
    (void)option;
    return take_duration(request, value, &batch_options(request)->kill_after);
}

static int parse_grace(struct request *request, const struct option *option, const char *value) {
    (void)option;
    return take_duration(request, value, &batch_options(request)->grace);
}

static int parse_signal(struct request *request, const struct option *option, const char *value) {
    (void)option;
    return read_name(request, value, "a signal", fx_signal_number, &batch_options(request)->signal);
}

static int parse_scope(struct request *request, const struct option *option, const char *value) {
    (void)option;
    fx_number *scope = &batch_options(request)->scope;
    scope->set = true;
    return read_name(request, value, "process, group, session, cgroup or descendants",
                     fx_scope_number, &scope->value);
}

static int parse_dry_run(struct request *request, const struct option *option, const char *value) {
    (void)option;
    (void)value;
    batch_options(request)->dry_run = true;
    return 0;
}

static const struct option input_options[] = {
    {.name = "input-format",
     .metavar = "FORMAT",
     .completion = COMPLETE_INPUT_FORMAT,
     .excludes = "input-format",
     .help = "how commands stand in FILE: lines, null or json",
     .more = "lines: one a line. null: each ends with a NUL byte, and may have line ends in it. "
             "json: one a line, an array of strings, or an object with argv and, if wanted, cwd, "
             "env (null takes a variable out), stdin, timeout (seconds) and tag.",
     .parse = parse_format},
    {.name = "null",
     .letter = '0',
     .excludes = "input-format",
     .help = "the same as --input-format null",
     .parse = parse_null},
    {.name = "shell",
     .help = "give each command to sh -c",
     .more = "With pipes, redirections, variables and wildcards, then.",
     .parse = parse_shell},
};

static const struct option run_options[] = {
    {.name = "jobs",
     .aliases = "max-procs",
     .letter = 'j',
     .metavar = "N",
     .help = "run so many at a time; auto, the default",
     .more = "auto: as many as there are processors in the affinity mask, or fewer if the quota of "
             "the control group, or of one above it, is for fewer.",
     .parse = parse_jobs},
    {.name = "retries",
     .metavar = "N",
     .help = "try a command that fails N times in all",
     .more = "0: until it succeeds. As with GNU parallel, the first try counts.",
     .parse = parse_retries},
    {.name = "halt",
     .metavar = "WHEN",
     .help = "end before the last command, as now,fail=1",
     .more = "never, or now or soon, a comma, fail, success or done, an equals sign, and a number "
             "or a percentage. soon starts no more commands; now ends those that run, too.",
     .parse = parse_halt},
    {.name = "timeout",
     .metavar = "DURATION",
     .help = "end a command that takes longer",
     .more = "A number, and s, m, h or d behind it, or nothing for seconds. It counts as failed, "
             "with status 124.",
     .parse = parse_timeout},
    {.name = "kill-after",
     .metavar = "DURATION",
     .help = "time between the first signal and KILL; 5s",
     .parse = parse_kill_after},
    {.name = "signal",
     .letter = 's',
     .metavar = "SIG",
     .completion = COMPLETE_SIGNAL,
     .help = "the first signal; TERM",
     .parse = parse_signal},
    {.name = "kill-scope",
     .metavar = "SCOPE",
     .completion = COMPLETE_SCOPE,
     .help = "what is signalled: descendants, group or others",
     .more = "process: the command alone. group: its process group, which is then one of its own. "
             "session: its session, likewise. cgroup: the control group of --cgroup. descendants: "
             "the command and all below it, which is meant where the system has a tree of "
             "processes to be looked at.",
     .parse = parse_scope},
    {.name = "grace",
     .metavar = "DURATION",
     .help = "how long what runs may go on after TERM; 10s",
     .more = "On SIGTERM, SIGINT or SIGHUP no more commands are started. Those that still run when "
             "this is over, or when a second signal comes, are ended. The status is then 128 and "
             "the number of the signal.",
     .parse = parse_grace},
    {.name = "dry-run", .help = "print the commands, run none", .parse = parse_dry_run},
};

const struct family batch_input_family = FAMILY("Input", input_options);
const struct family batch_run_family = FAMILY("Running", run_options);
