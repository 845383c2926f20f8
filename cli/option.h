/* SPDX-License-Identifier: MIT
 *
 * The table of options. A row is all that is known of an option: parsing, --help, the manual page
 * and the completions of the shells read it, and nothing else names an option. Rows stand
 * in families, each with its parse functions in a file of its own; options.c lists the families.
 */
#ifndef FORKEXEC_CLI_OPTION_H
#define FORKEXEC_CLI_OPTION_H

#include <stdbool.h>
#include <stddef.h>

struct request;

/* What an option's value is, for shells that complete it. */
enum completion {
    COMPLETE_NOTHING = 0,
    COMPLETE_FILE,
    COMPLETE_DIRECTORY,
    COMPLETE_USER,
    COMPLETE_GROUP,
    COMPLETE_DESCRIPTOR,
    COMPLETE_VARIABLE,
    /* These are lists of words: words.c. */
    COMPLETE_SIGNAL,
    COMPLETE_CPU,
    COMPLETE_CAPABILITY,
    COMPLETE_LIMIT,
    COMPLETE_BOUNDS,
    COMPLETE_STEP,
    COMPLETE_POLICY,
    COMPLETE_NAMESPACE,
    COMPLETE_IO_CLASS,
    COMPLETE_SECUREBIT,
    COMPLETE_WHEN,
    COMPLETE_ACCESS,
    COMPLETE_MECHANISM,
    COMPLETE_SCOPE,
    COMPLETE_KEEP,
    COMPLETE_INPUT_FORMAT,
    COMPLETE_OUTPUT,
    COMPLETE_SCHEDULER,
    COMPLETE_PROGRESS,
    COMPLETE_COUNT
};

struct option {
    const char *name;    /* the first one is the one that is printed */
    const char *aliases; /* other long names, with spaces between */
    char letter;         /* 0: none */
    const char *metavar; /* NULL: the option takes no value */
    bool optional;       /* the value may be left out, and stands behind '=' */
    bool repeats;        /* may be given more than once */
    bool in_sequence;    /* the order of its repetitions means something */
    bool list;           /* values are lists, with commas between */
    bool at_once;        /* ends the reading of the command line: --help */
    enum completion completion;
    const char *suffix;   /* what is typed behind a completed word */
    const char *excludes; /* of all options with the same word here only one can be given */
    const char *fields;   /* those of fx_command that it sets */
    const char *help;     /* one line */
    const char *more;     /* what the manual page says beyond that; NULL: nothing */
    /* `value` is NULL for an option without. 0, or -EINVAL after complain(). */
    int (*parse)(struct request *request, const struct option *option, const char *value);
};

struct family {
    const char *title;
    const struct option *options;
    size_t count;
};

extern const struct family program_family;
extern const struct family environment_family;
extern const struct family directory_family;
extern const struct family descriptor_family;
extern const struct family session_family;
extern const struct family signal_family;
extern const struct family limit_family;
extern const struct family scheduling_family;
extern const struct family identity_family;
extern const struct family capability_family;
extern const struct family containment_family;
extern const struct family namespace_family;
extern const struct family start_family;
extern const struct family engine_family;
extern const struct family deadline_family;
extern const struct family supervision_family;
extern const struct family bound_family;
extern const struct family output_family;
extern const struct family report_family;
extern const struct family explain_family;
extern const struct family doctor_family;
extern const struct family batch_input_family;
extern const struct family batch_run_family;
extern const struct family batch_output_family;
extern const struct family batch_log_family;
extern const struct family batch_shard_family;
extern const struct family common_family;

/* What a command is, in the order of printing; ends with NULL. */
#define COMMAND_FAMILIES                                                                           \
    &program_family, &environment_family, &directory_family, &descriptor_family, &session_family,  \
        &signal_family, &limit_family, &scheduling_family, &identity_family, &capability_family,   \
        &containment_family, &namespace_family, &start_family, &engine_family

/* What is said of a batch, not of its commands. */
#define BATCH_FAMILIES                                                                             \
    &batch_input_family, &batch_run_family, &batch_output_family, &batch_log_family,               \
        &batch_shard_family

#define COUNT_OF(array) (sizeof(array) / sizeof(array)[0])
/* A family of the rows in `options`. */
#define FAMILY(title, options)                                                                     \
    { (title), (options), COUNT_OF(options) }

typedef const struct family *const *family_list;

/* The n-th option of all these families, for lists; NULL after the last. */
const struct option *option_at(family_list families, size_t n);

/* Look up a long name (of `length` bytes) or a letter; NULL if there is none. */
const struct option *option_named(family_list families, const char *name, size_t length);
const struct option *option_lettered(family_list families, char letter);

/* The name that is most like this one, or NULL if none is; `found` gets a copy. */
bool option_nearest(family_list families, const char *name, size_t length, char *found,
                    size_t size);

/* The next of the words in `words`, a list with `separator` between; false after the last. */
bool next_word(const char **words, char separator, const char **word, size_t *length);

#endif
