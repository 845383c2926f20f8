/* SPDX-License-Identifier: MIT
 *
 * The attributes of a Setup as a part of a command, made once and used by any number of starts.
 */
#ifndef NATIVE_ATTRIBUTES_H
#define NATIVE_ATTRIBUTES_H

#include "module.h"

#include <stdbool.h>

#include "forkexec.h"

struct memory;

struct attributes {
    fx_command command; /* nothing but attributes is set */
    struct memory *memory;
    bool stands_for_callable; /* of the standard library's: its failure is told as CPython tells it
                               */
    atomic_bool needs_other_memory; /* found out: such a child cannot share its parent's */
};

/* Of a capsule that module_attributes() made. */
struct attributes *attributes_of(PyObject *capsule);

/* Zeroed, and freed with the attributes. NULL with an exception. */
void *attributes_take(struct attributes *attributes, size_t count, size_t size);

/* ---- conversion: attribute_table.c, attribute_values.c, attribute_lists.c ---- */

struct attribute_row;
typedef int attribute_convert(struct attributes *attributes, const struct attribute_row *row,
                              PyObject *value);

/* A keyword: where its value goes in the command, which may be two places. */
struct attribute_row {
    const char *keyword;
    attribute_convert *convert;
    size_t field;
    size_t second; /* the count of a list; or where a value of the other type goes */
};

/* Set what a keyword says; -1 with an exception that names it. */
int attribute_set(struct attributes *attributes, const char *keyword, PyObject *value);

static inline void *attribute_field(struct attributes *attributes, size_t offset) {
    return (unsigned char *)&attributes->command + offset;
}

int attribute_refuse(const struct attribute_row *row, const char *problem);

attribute_convert attribute_flag, attribute_number, attribute_count, attribute_unsigned;
attribute_convert attribute_string, attribute_path_or_descriptor, attribute_identity;
attribute_convert attribute_groups, attribute_signal, attribute_signals, attribute_scheduling;
attribute_convert attribute_io_priority, attribute_capabilities, attribute_when, attribute_bytes;
attribute_convert attribute_flags, attribute_mechanism;
attribute_convert attribute_limits, attribute_cpus, attribute_landlock, attribute_namespaces;
attribute_convert attribute_id_map, attribute_strings, attribute_integers, attribute_map;
attribute_convert attribute_steps;

/* A copy of a str in the encoding of the file system; NULL with an exception. */
const char *attribute_text(struct attributes *attributes, PyObject *string);
/* The number of a name; -1 with an exception. */
int attribute_name(const struct attribute_row *row, int (*number_of)(const char *name),
                   PyObject *name, int *number);

/* ---- use: attribute_merge.c ---- */

/* What became of a command that is to have these attributes too. */
enum merge { MERGE_ERROR = -1, MERGE_DONE, MERGE_IS_NOT_THE_SAME };

struct request;
/*
 * Put them into the command of a request. MERGE_IS_NOT_THE_SAME, with nothing done: the request
 * says something that they say too, so that doing it once would not be doing it twice.
 */
enum merge attributes_merge(const struct attributes *attributes, struct request *request);

/* Whether a step is done because of them, and not for what the caller of subprocess asked. */
bool attributes_own(const struct attributes *attributes, fx_step step);

#endif
