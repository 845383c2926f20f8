/* SPDX-License-Identifier: MIT
 *
 * The table of subcommands, and what is printed of both tables.
 */
#ifndef FORKEXEC_CLI_SUBCOMMAND_H
#define FORKEXEC_CLI_SUBCOMMAND_H

#include "option.h"
#include "request.h"

struct subcommand {
    const char *name;
    const char *synopsis;
    const char *summary; /* a line */
    const char *more;    /* a paragraph of the manual page */
    bool takes_command;
    bool takes_file; /* one operand, which may be left out */
    family_list families;
    /* The status to exit with. */
    int (*run)(struct request *request);
};

/* Ends with a row without a name. */
extern const struct subcommand subcommands[];

int run_exec(struct request *request);
int run_explain(struct request *request);
int run_run(struct request *request);
int run_doctor(struct request *request);
int run_batch(struct request *request);

/* --help of everything, and of one subcommand. */
void print_usage(void);
void print_help(const struct subcommand *subcommand);

/* What --print prints; ends with a row without a name. */
struct printable {
    const char *name;
    void (*print)(void);
};
extern const struct printable printables[];

void print_man(void);
void print_bash(void);
void print_zsh(void);
void print_fish(void);
void print_options(void);

/* "-n, --nice, --adjustment=N" */
void option_head(const struct option *option, char *text, size_t size);

/* Every name of the option with its dashes, one a call, from `*at` (first 0) on; false: no more. */
bool option_spelling(const struct option *option, size_t *at, char *text, size_t size);

#endif
