/* SPDX-License-Identifier: MIT
 *
 * Reading JSON (RFC 8259) strictly, one token after the other: what reads it knows what may
 * come, so that nothing nests deeper than it says.
 */
#ifndef FORKEXEC_CLI_BATCH_JSON_READER_H
#define FORKEXEC_CLI_BATCH_JSON_READER_H

#include "record.h"

struct json_reader {
    const char *at;
    struct parsed *parsed; /* where texts go, and what is wrong */
};

/* The next byte that is not a space, which stays; '\0' at the end. */
char json_peek(struct json_reader *reader);
/* Take this byte, if it comes next. */
bool json_take(struct json_reader *reader, char byte);
/* Take this word: null, true, false. */
bool json_take_word(struct json_reader *reader, const char *word);
int json_fail(struct json_reader *reader, const char *complaint);

/*
 * A string: what comes of it stands in the storage from `*text` on, and does not end there yet.
 * -EINVAL, as all of these, after a complaint.
 */
int json_read_string(struct json_reader *reader);
/* A whole one, that ends and has no NUL byte in it. */
int json_read_text(struct json_reader *reader, const char **text);
int json_read_number(struct json_reader *reader, double *number);

#endif
