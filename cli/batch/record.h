/* SPDX-License-Identifier: MIT
 *
 * The commands of a file. A record is the text of one; its number, from 1, is that in the whole
 * file, whatever part of it is run.
 */
#ifndef FORKEXEC_CLI_BATCH_RECORD_H
#define FORKEXEC_CLI_BATCH_RECORD_H

#include "options.h"

/* A record that has been read. All texts are in `storage`, which the next one reuses. */
struct parsed {
    struct list words; /* char *: the command and its arguments; none: the record is empty */
    struct list environment_set;
    struct list environment_unset;
    const char *directory;
    const char *tag;
    const char *input; /* for its standard input; may hold NUL bytes */
    size_t input_size;
    fx_count timeout;
    char *storage;
    size_t room;
    size_t used;
    const char *complaint; /* what is wrong with it */
};

struct records {
    char *data;
    size_t *starts; /* of each record in `data`, where it ends with a NUL byte */
    size_t count;
    size_t room;
    enum input_format format;
    bool shell;
};

/*
 * Read the file (NULL or "-": standard input) and see that all of it can be understood. 0, or
 * -EINVAL after a complaint.
 */
int records_load(struct records *records, const char *path, const struct batch_options *options);
void records_free(struct records *records);

const char *record_text(const struct records *records, size_t number);
/* Of a record that has been loaded: never fails. */
void record_parse(const struct records *records, size_t number, struct parsed *parsed);
void parsed_free(struct parsed *parsed);

/*
 * How one record is read. 0; or -EINVAL, with the complaint. Results are at most as long as the
 * text, so that storage is made once.
 */
int parse_words(const char *text, struct parsed *parsed);
int parse_json_record(const char *text, struct parsed *parsed);

/* For these two: a text begins, grows and ends in the storage. */
char *parsed_begin(struct parsed *parsed);
void parsed_put(struct parsed *parsed, char byte);
void parsed_end(struct parsed *parsed);

#endif
