/* SPDX-License-Identifier: MIT
 *
 * Values of options. Each function returns 0, or -EINVAL after a complaint.
 */
#ifndef FORKEXEC_CLI_VALUE_H
#define FORKEXEC_CLI_VALUE_H

#include "request.h"

/* A decimal number within bounds. */
int read_number(const struct request *request, const char *text, long long least, long long most,
                long long *number);
int read_int(const struct request *request, const char *text, int least, int most, int *number);
int read_count(const struct request *request, const char *text, unsigned long long most,
               unsigned long long *number);
/* A number in another base: 8, or 16 with "0x" allowed. */
int read_in_base(const struct request *request, const char *text, int base, unsigned long long most,
                 unsigned long long *number);
int read_descriptor(const struct request *request, const char *text, int *descriptor);
/* The same, as the value of an option that may have none. */
int read_optional_descriptor(const struct request *request, const char *text, fx_number *field);
bool is_number(const char *text);
/* As timeout(1) has it, "1.5", "2m", and "20ms": in milliseconds, rounded up. -EINVAL, -ERANGE. */
int duration_of(const char *text, unsigned long long *duration);
/* The same, with a complaint. */
int read_duration(const struct request *request, const char *text, unsigned long long *duration);
/* The same, as timeout(1) has it: no time is no deadline. */
int read_deadline(const struct request *request, const char *text, fx_count *field);
/* Bytes: "4096", "64K", "1M", "2GiB". */
int read_size(const struct request *request, const char *text, unsigned long long *size);

/* A name that one of the library's functions knows; `what` says what it is. */
int read_name(const struct request *request, const char *text, const char *what,
              int (*number_of)(const char *name), int *number);

/* --json: of several subcommands. */
int parse_json(struct request *request, const struct option *option, const char *value);

/*
 * Call `take` for each item of a list with commas between; an empty text has no item. Items are
 * copies that end with the call.
 */
int for_each_item(struct request *request, const char *text,
                  int (*take)(struct request *request, const char *item, void *context),
                  void *context);

/* Split at the first `separator`: what is before it, as a copy, and after it; false: none. */
bool split(const char *text, char separator, char *before, size_t size, const char **after);

/* Of prctl(2), from bit 0 up; ends with NULL. */
extern const char *const securebit_names[];

#endif
