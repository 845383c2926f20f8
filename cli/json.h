/* SPDX-License-Identifier: MIT
 *
 * JSON on a stream. Bytes that are no UTF-8 become lone surrogates, as Python's surrogateescape
 * has them, and as `forkexec explain --json` does.
 */
#ifndef FORKEXEC_CLI_JSON_H
#define FORKEXEC_CLI_JSON_H

#include <stdbool.h>
#include <stdio.h>

/* `"name": "text"`, or null for no text; a comma before it unless it is the first. */
void json_text(FILE *to, bool first, const char *name, const char *text);
void json_bool(FILE *to, bool first, const char *name, bool value);
void json_number(FILE *to, bool first, const char *name, long long value);
void json_null(FILE *to, bool first, const char *name);
/* Nanoseconds, as seconds. */
void json_seconds(FILE *to, bool first, const char *name, long long nanoseconds);
/* A list of strings that ends with NULL. */
void json_texts(FILE *to, bool first, const char *name, char *const *texts);
/* `"name": `, for a value that is printed otherwise. */
void json_name(FILE *to, bool first, const char *name);
/* A string by itself. */
void json_string(FILE *to, const char *text);

#endif
