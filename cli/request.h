/* SPDX-License-Identifier: MIT
 *
 * What was asked for on the command line: the options given, and the command made of them.
 */
#ifndef FORKEXEC_CLI_REQUEST_H
#define FORKEXEC_CLI_REQUEST_H

#include <forkexec.h>

#include "option.h"
#include "supervision.h"

#if defined(__GNUC__)
#define LIKE_PRINTF(text, first) __attribute__((format(printf, (text), (first))))
#else
#define LIKE_PRINTF(text, first)
#endif

/* An option as it was given. */
struct given {
    const struct option *option;
    char spelled[48]; /* with its dashes, as it was written */
    const char *value;
    size_t row;      /* its place in the table */
    size_t sequence; /* its place on the command line */
};

struct request {
    fx_command command;
    family_list families;
    struct list given;
    const struct given *current; /* the one that is being parsed */
    bool help;
    bool version;
    bool json;
    const char *json_file;          /* NULL: where the subcommand prints it */
    bool values;                    /* explain */
    struct supervision supervision; /* run */
    const char *file;               /* batch: the operand, or NULL */
    struct batch_options *batch;
    /* What the command points to. */
    struct list arguments;
    struct list environment_set;
    struct list environment_unset;
    struct list map;
    struct list keep;
    struct list close;
    struct list listen;
    struct list listen_names;
    struct list limits;
    struct list default_signals;
    struct list ignored_signals;
    struct list blocked_signals;
    struct list block_signals;
    struct list unblock_signals;
    struct list cpus;
    struct list groups;
    struct list landlock;
    struct list namespaces;
    struct list uid_map;
    struct list gid_map;
    struct list best_effort;
    void *seccomp;
};

/* The status of this program when the failure is its own. */
enum { STATUS_FAILED = 125, STATUS_NOT_EXECUTABLE = 126, STATUS_NOT_FOUND = 127 };

/* The status that says why there is no command. */
int status_of(const fx_error *error);
/* "ENOENT", or NULL. */
const char *error_name(int code);
/* Say which step was skipped: a line on standard error. */
void tell_skipped(fx_step step, int code);

/*
 * Take the options and the operands: those of `families`, in any order, up to the first
 * argument that is none, or "--". With `takes_command` the rest is [NAME=VALUE ...] cmd args; with
 * `takes_file` it may be one more. 0, or -EINVAL, the complaint printed.
 */
int request_read(struct request *request, family_list families, bool takes_command, bool takes_file,
                 char **argv);
void request_free(struct request *request);

/* One line, `forkexec: ...`, on standard error. -EINVAL. */
int complain(const struct request *request, const char *format, ...) LIKE_PRINTF(2, 3);
/* The same for an error of the library's. */
void complain_error(const struct request *request, const fx_error *error);

/* A new element, of zeros, at the end. Ends the program if there is no memory. */
void *list_add(struct list *list, size_t size);
void list_add_text(struct list *list, const char *text);
/* Memory that is zeros. Ends the program if there is none. */
void *allocate(size_t count, size_t size);

#endif
