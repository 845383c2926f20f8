/* SPDX-License-Identifier: MIT
 *
 * JSON on standard output.
 */
#ifndef FORKEXEC_CLI_JSON_H
#define FORKEXEC_CLI_JSON_H

#include <stdbool.h>

/* `"name": "text"`, or null for no text; a comma before it unless it is the first. */
void json_text(bool first, const char *name, const char *text);
void json_bool(bool first, const char *name, bool value);
void json_number(bool first, const char *name, long long value);
/* A string by itself. */
void json_string(const char *text);

#endif
