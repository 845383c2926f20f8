/* SPDX-License-Identifier: MIT
 *
 * Looking names up in tables: without regard to case, with or without the prefix that C has
 * ("RLIMIT_NOFILE", "nofile"), '-' and '_' being the same.
 */
#ifndef FX_NAMES_H
#define FX_NAMES_H

#include <stdbool.h>
#include <stddef.h>

struct fx_name {
    const char *name; /* the usual one of a number stands before its others */
    int number;
};

/* The number, or -EINVAL: of a name in the table, or of a decimal number up to `most`. */
int fx_name_number(const struct fx_name *table, size_t count, const char *prefix, int most,
                   const char *name);
/* The usual name, or NULL. */
const char *fx_name_of(const struct fx_name *table, size_t count, int number);

/* Whether `text` is this name, with or without the prefix. */
bool fx_name_is(const char *text, const char *prefix, const char *name);
/* The length of `head` if the text begins so, else 0. */
size_t fx_name_head(const char *text, const char *head);
/* A decimal number from 0 to `most`, and nothing else; or -EINVAL. */
int fx_decimal(const char *text, int most);

#endif
