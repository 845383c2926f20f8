/* SPDX-License-Identifier: MIT */
#include "shard.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *const scheduler_words[] = {"slurm", "kubernetes", "nomad", "aws-batch", NULL};

/* A range of array indices. */
struct range {
    long long first, last, step;
};

static bool read_index(const char *text, const char *end, long long *number) {
    char *stop;
    if (!text || *text < '0' || *text > '9')
        return false;
    errno = 0;
    *number = strtoll(text, &stop, 10);
    return errno == 0 && (end ? stop == end : *stop == '\0');
}

/* "8" is 0-7; "1-8". */
static int read_shards(const char *text, struct range *range) {
    const char *dash = strchr(text, '-');
    range->step = 1;
    range->first = 0;
    bool valid =
        dash ? read_index(text, dash, &range->first) && read_index(dash + 1, NULL, &range->last)
             : read_index(text, NULL, &range->last);
    if (!dash)
        range->last--;
    if (valid && range->last >= range->first)
        return 0;
    return complain(NULL, "--shards: \"%s\" is neither a count nor FIRST-LAST", text);
}

static int missing(const char *name) {
    return complain(NULL, "--shard-from-env: %s is %s; which shard this is cannot be known", name,
                    getenv(name) ? "not a number" : "not set");
}

static int variable(const char *name, long long *number) {
    return read_index(getenv(name), NULL, number) ? 0 : missing(name);
}

/* Slurm says what the array is, if it is a range. */
static int read_slurm(struct range *range) {
    long long count;
    int result = variable("SLURM_ARRAY_TASK_MIN", &range->first);
    if (result == 0)
        result = variable("SLURM_ARRAY_TASK_MAX", &range->last);
    if (result == 0)
        result = variable("SLURM_ARRAY_TASK_COUNT", &count);
    if (result < 0)
        return result;
    range->step = 1;
    (void)read_index(getenv("SLURM_ARRAY_TASK_STEP"), NULL, &range->step);
    /* A task that is submitted once more alone is an array of one, and would run everything. */
    if (count == 1)
        return complain(NULL, "--shard-from-env: the array has one task only; say with --shards "
                              "which it is one of, as 0-7");
    if (range->step < 1 || range->first + (count - 1) * range->step != range->last)
        return complain(NULL, "--shard-from-env: the array is not a range; say with --shards which "
                              "indices there are, as 0-7");
    return 0;
}

static int read_aws(struct range *range) {
    long long size;
    int result = variable("AWS_BATCH_JOB_ARRAY_SIZE", &size);
    *range = (struct range){0, size - 1, 1};
    return result;
}

/* Kubernetes and Nomad tell the index alone. */
static int read_nothing(struct range *range) {
    (void)range;
    return complain(NULL, "--shard-from-env: how many shards there are is not known; say it with "
                          "--shards or the variable FORKEXEC_SHARDS");
}

static const struct scheduler {
    const char *index;
    int (*read)(struct range *range);
} schedulers[] = {
    {"SLURM_ARRAY_TASK_ID", read_slurm},
    {"JOB_COMPLETION_INDEX", read_nothing},
    {"NOMAD_ALLOC_INDEX", read_nothing},
    {"AWS_BATCH_JOB_ARRAY_INDEX", read_aws},
};

/* The one that there is; more than one would be a guess. */
static int find_scheduler(struct scheduler *scheduler) {
    *scheduler = (struct scheduler){NULL, read_nothing};
    for (size_t i = 0; i < COUNT_OF(schedulers); i++) {
        if (!getenv(schedulers[i].index))
            continue;
        if (scheduler->index)
            return complain(NULL,
                            "--shard-from-env: both %s and %s are set; say which one, as "
                            "--shard-from-env=%s",
                            scheduler->index, schedulers[i].index, scheduler_words[i]);
        *scheduler = schedulers[i];
    }
    if (scheduler->index)
        return 0;
    return complain(NULL, "--shard-from-env: this is no array job: none of SLURM_ARRAY_TASK_ID, "
                          "JOB_COMPLETION_INDEX, NOMAD_ALLOC_INDEX and AWS_BATCH_JOB_ARRAY_INDEX "
                          "is set");
}

static int choose_scheduler(const char *name, struct scheduler *scheduler) {
    if (!name)
        return find_scheduler(scheduler);
    for (size_t i = 0; i < COUNT_OF(schedulers); i++)
        if (strcmp(scheduler_words[i], name) == 0) {
            *scheduler = schedulers[i];
            return 0;
        }
    *scheduler = (struct scheduler){name, read_nothing};
    return 0;
}

int shard_resolve(struct batch_options *options) {
    struct scheduler scheduler;
    struct range range;
    long long index;
    const char *shards = options->shards ? options->shards : getenv("FORKEXEC_SHARDS");
    if (!options->shard_from_env)
        return options->shards ? complain(NULL, "--shards: needs --shard-from-env") : 0;
    int result = choose_scheduler(options->scheduler, &scheduler);
    if (result == 0)
        result = variable(scheduler.index, &index);
    if (result == 0)
        result = shards ? read_shards(shards, &range) : scheduler.read(&range);
    if (result < 0)
        return result;
    if (index < range.first || index > range.last || (index - range.first) % range.step != 0)
        return complain(NULL, "--shard-from-env: %s is %lld, which is not one of %lld-%lld",
                        scheduler.index, index, range.first, range.last);
    options->shard =
        (fx_count)FX_COUNT((unsigned long long)((index - range.first) / range.step) + 1);
    options->shard_count = (size_t)((range.last - range.first) / range.step + 1);
    return 0;
}

bool shard_has(const struct batch_options *options, size_t number) {
    return options->shard_count == 0 ||
           (number - 1) % options->shard_count == options->shard.value - 1;
}
