/* SPDX-License-Identifier: MIT
 *
 * What is said of a batch on the command line.
 */
#ifndef FORKEXEC_CLI_BATCH_OPTIONS_H
#define FORKEXEC_CLI_BATCH_OPTIONS_H

#include "../request.h"
#include "halt.h"

enum input_format { INPUT_LINES = 0, INPUT_NULL, INPUT_JSON };

enum output_mode {
    OUTPUT_UNSET = 0,
    OUTPUT_DIRECT,  /* commands write where forkexec would */
    OUTPUT_GROUPED, /* the output of a command comes in one piece, when it has ended */
    OUTPUT_LINES    /* line by line */
};

enum progress_when { PROGRESS_AUTO = 0, PROGRESS_ALWAYS, PROGRESS_NEVER };

struct batch_options {
    enum input_format format;
    bool shell;
    int jobs;        /* 0: as many as there are processors for us */
    fx_number tries; /* of a command that fails, in all; 0: for ever */
    struct halt_rule halt;
    fx_count timeout;    /* milliseconds; these, too: */
    fx_count kill_after; /* between the first signal and SIGKILL */
    fx_count grace;      /* for what runs when the batch is told to end */
    int signal;          /* the first one; 0: SIGTERM */
    fx_number scope;     /* an fx_scope_kind */
    bool dry_run;
    enum output_mode output;
    bool keep_order;
    bool tag;
    fx_count max_output;
    enum progress_when progress;
    const char *joblog;
    bool resume;
    bool resume_failed;
    fx_count shard;      /* from 1 */
    size_t shard_count;  /* 0: there are no shards */
    bool shard_from_env; /* by `scheduler`: its name, a variable, or NULL for any that there is */
    const char *scheduler;
    const char *shards; /* COUNT or FIRST-LAST */
};

/* Words of the options' values, each list ending with NULL. */
extern const char *const input_format_words[];
extern const char *const output_words[];
extern const char *const progress_words[];
extern const char *const scheduler_words[];

#endif
