/* SPDX-License-Identifier: MIT
 *
 * Options of forkexec batch: what becomes of it.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "../value.h"
#include "parse.h"

const char *const output_words[] = {"direct", "grouped", "lines", NULL};
const char *const progress_words[] = {"auto", "always", "never", NULL};

static int parse_output(struct request *request, const struct option *option, const char *value) {
    (void)option;
    int number;
    int result = read_word(request, output_words, "direct, grouped or lines", value, &number);
    batch_options(request)->output = (enum output_mode)(number + 1);
    return result;
}

static int parse_keep_order(struct request *request, const struct option *option,
                            const char *value) {
    (void)option;
    (void)value;
    batch_options(request)->keep_order = true;
    return 0;
}

static int parse_tag(struct request *request, const struct option *option, const char *value) {
    (void)option;
    (void)value;
    batch_options(request)->tag = true;
    return 0;
}

static int parse_max_output(struct request *request, const struct option *option,
                            const char *value) {
    (void)option;
    fx_count *most = &batch_options(request)->max_output;
    most->set = true;
    return read_size(request, value, &most->value);
}

static int parse_progress(struct request *request, const struct option *option, const char *value) {
    (void)option;
    int number = PROGRESS_ALWAYS;
    int result =
        value ? read_word(request, progress_words, "auto, always or never", value, &number) : 0;
    batch_options(request)->progress = (enum progress_when)number;
    return result;
}

static int parse_joblog(struct request *request, const struct option *option, const char *value) {
    (void)option;
    if (!*value)
        return complain(request, "names no file");
    batch_options(request)->joblog = value;
    return 0;
}

static int parse_resume(struct request *request, const struct option *option, const char *value) {
    (void)option;
    (void)value;
    batch_options(request)->resume = true;
    return 0;
}

static int parse_resume_failed(struct request *request, const struct option *option,
                               const char *value) {
    (void)option;
    (void)value;
    batch_options(request)->resume = batch_options(request)->resume_failed = true;
    return 0;
}

static int parse_shard(struct request *request, const struct option *option, const char *value) {
    char first[24];
    const char *rest;
    int number = 0, count = 0;
    (void)option;
    struct batch_options *batch = batch_options(request);
    if (!split(value, '/', first, sizeof first, &rest))
        return complain(request, "\"%s\" is not K/N, as 1/4", value);
    int result = read_int(request, rest, 1, INT_MAX, &count);
    if (result == 0)
        result = read_int(request, first, 1, count, &number);
    batch->shard = (fx_count)FX_COUNT((unsigned long long)number);
    batch->shard_count = (size_t)count;
    return result;
}

static int parse_shard_from_env(struct request *request, const struct option *option,
                                const char *value) {
    (void)option;
    batch_options(request)->shard_from_env = true;
    batch_options(request)->scheduler = value;
    return 0;
}

static int parse_shards(struct request *request, const struct option *option, const char *value) {
    (void)option;
    batch_options(request)->shards = value;
    return 0;
}

static const struct option output_options[] = {
    {.name = "output",
     .metavar = "HOW",
     .completion = COMPLETE_OUTPUT,
     .help = "direct, grouped or lines",
     .more =
         "direct: commands write to where forkexec would, each as it likes. grouped: the output "
         "of a command comes in one piece when it has ended. lines: lines come whole. The "
         "default is direct; lines with --tag; grouped with --keep-order and --max-output.",
     .parse = parse_output},
    {.name = "keep-order",
     .letter = 'k',
     .help = "output in the order of the commands",
     .more = "That of the first command that has not ended comes at once, that of others is kept "
             "in an unnamed file in $TMPDIR, if it is large.",
     .parse = parse_keep_order},
    {.name = "tag",
     .help = "begin each line of output with the command",
     .more = "Or with its tag, and a tab.",
     .parse = parse_tag},
    {.name = "max-output",
     .metavar = "SIZE",
     .help = "pass on so many bytes of each stream; drop more",
     .more = "Of each command's standard output and standard error. A number, and K, M or G "
             "behind it, or nothing for bytes.",
     .parse = parse_max_output},
    {.name = "progress",
     .aliases = "bar",
     .metavar = "WHEN",
     .optional = true,
     .completion = COMPLETE_PROGRESS,
     .help = "say on standard error how far it is",
     .more = "auto, which is the default: if it is a terminal, and commands do not write there "
             "directly. always: also elsewhere, a line every few seconds. never.",
     .parse = parse_progress},
};

static const struct option log_options[] = {
    {.name = "joblog",
     .metavar = "FILE",
     .completion = COMPLETE_FILE,
     .help = "write a line for each command that ended",
     .more = "The columns are those of GNU parallel. %K in the name is the number of the shard. "
             "FILE.running says what runs. The command gets SIGKILL when this process ends, unless "
             "--pdeathsig says another signal. Exitval -1 is a command that was ended because the "
             "batch was.",
     .parse = parse_joblog},
    {.name = "resume",
     .help = "run only what has no line in the job log",
     .more = "What was cut off is named, and run again. A file of commands that has changed is "
             "refused.",
     .parse = parse_resume},
    {.name = "resume-failed", .help = "and what has failed", .parse = parse_resume_failed},
};

static const struct option shard_options[] = {
    {.name = "shard",
     .metavar = "K/N",
     .excludes = "shard",
     .help = "run the K-th of every N commands only",
     .more = "K is from 1. The shards of one file have no command in common and miss none.",
     .parse = parse_shard},
    {.name = "shard-from-env",
     .metavar = "WHAT",
     .optional = true,
     .completion = COMPLETE_SCHEDULER,
     .excludes = "shard",
     .help = "take K and N from an array job of a scheduler",
     .more = "Of slurm, kubernetes, nomad or aws-batch, or of a variable, with --shards.",
     .parse = parse_shard_from_env},
    {.name = "shards",
     .metavar = "COUNT",
     .help = "how many there are, or as 1-8 their numbers",
     .more = "For schedulers that do not say: kubernetes and nomad. The variable FORKEXEC_SHARDS "
             "does the same. COUNT is short for 0-LAST.",
     .parse = parse_shards},
};

const struct family batch_output_family = FAMILY("Output of the commands", output_options);
const struct family batch_log_family = FAMILY("Job log", log_options);
const struct family batch_shard_family = FAMILY("Shards", shard_options);
