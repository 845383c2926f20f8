/* SPDX-License-Identifier: MIT
 *
 * forkexec(1): set what a command is to be, then become it, or say what would be done.
 */
#include <stdio.h>
#include <string.h>

#include "subcommand.h"

static const struct family *const exec_families[] = {COMMAND_FAMILIES, &common_family, NULL};
static const struct family *const explain_families[] = {&explain_family, COMMAND_FAMILIES,
                                                        &common_family, NULL};
static const struct family *const run_families[] = {
    &deadline_family, &supervision_family, &bound_family,  &output_family,
    &report_family,   COMMAND_FAMILIES,    &common_family, NULL};
static const struct family *const batch_families[] = {BATCH_FAMILIES, COMMAND_FAMILIES,
                                                      &common_family, NULL};
static const struct family *const doctor_families[] = {&doctor_family, &common_family, NULL};

const struct subcommand subcommands[] = {
    {.name = "exec",
     .synopsis = "[options] [--] [NAME=VALUE ...] command [argument ...]",
     .summary = "become the command",
     .more = "There is no process more than before: forkexec does what the options say to itself "
             "and then executes the command. The order of the options does not matter; that of "
             "the steps is always the same, and `forkexec explain` prints it.",
     .takes_command = true,
     .families = exec_families,
     .run = run_exec},
    {.name = "run",
     .synopsis = "[options] [--] [NAME=VALUE ...] command [argument ...]",
     .summary = "start the command, and see to it until it ends",
     .more = "forkexec stays: it keeps deadlines and bounds, stops the command with all that it "
             "started, passes on the signals that it gets, and tells what happens. It takes the "
             "options of exec.",
     .takes_command = true,
     .families = run_families,
     .run = run_run},
    {.name = "explain",
     .synopsis = "[options] [--] [NAME=VALUE ...] command [argument ...]",
     .summary = "print how a child would be started; run nothing",
     .more = "First how the child would be made, and why so; then a line for each step, in order, "
             "with its system call and its subject. It takes the options of exec.",
     .takes_command = true,
     .families = explain_families,
     .run = run_explain},
    {.name = "batch",
     .synopsis = "[options] [FILE]",
     .summary = "run the commands of a file, many at a time",
     .more =
         "FILE, or standard input, has a command on each line, with quotes and backslashes as "
         "in a shell, and nothing else of one: no variables, wildcards or pipes, unless --shell "
         "is given. Empty lines and comments are skipped. What is wrong with a line is found "
         "before anything is started. Standard input of the commands is /dev/null. The options "
         "of exec hold for every command.",
     .takes_file = true,
     .families = batch_families,
     .run = run_batch},
    {.name = "doctor",
     .synopsis = "[--json[=FILE]]",
     .summary = "print what this kernel offers, and what is used of it",
     .more = "Which mechanisms can make children here, which facilities there are, and what those "
             "need that are missing.",
     .families = doctor_families,
     .run = run_doctor},
    {.name = NULL},
};

const struct printable printables[] = {
    {"man", print_man},   {"bash", print_bash},       {"zsh", print_zsh},
    {"fish", print_fish}, {"options", print_options}, {NULL, NULL},
};

/* What was printed has to have arrived: a full disk is a failure. */
static int finish(int status) {
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    (void)complain(NULL, "standard output cannot be written");
    return STATUS_FAILED;
}

static int print_named(const char *name) {
    for (const struct printable *row = printables; name && row->name; row++)
        if (strcmp(row->name, name) == 0) {
            row->print();
            return finish(0);
        }
    (void)complain(NULL, "--print: it is man, bash, zsh, fish or options");
    return STATUS_FAILED;
}

static int print_version(void) {
    (void)printf("forkexec %s\n", fx_version());
    return finish(0);
}

static int run(const struct subcommand *subcommand, char **argv) {
    struct request request;
    int status = STATUS_FAILED;
    if (request_read(&request, subcommand->families, subcommand->takes_command,
                     subcommand->takes_file, argv) == 0) {
        if (request.help) {
            print_help(subcommand);
            status = finish(0);
        } else if (request.version)
            status = print_version();
        else
            status = finish(subcommand->run(&request));
    }
    request_free(&request);
    return status;
}

int main(int argc, char **argv) {
    const char *word = argc > 1 ? argv[1] : "";
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        print_usage();
        return finish(0);
    }
    if (strcmp(word, "--version") == 0 || strcmp(word, "-V") == 0)
        return print_version();
    if (strcmp(word, "--print") == 0)
        return print_named(argc > 2 ? argv[2] : NULL);
    for (const struct subcommand *row = subcommands; row->name; row++)
        if (strcmp(row->name, word) == 0)
            return run(row, argv + 2);
    if (*word)
        (void)complain(NULL, "\"%s\" is no subcommand; `forkexec --help` lists them", word);
    else
        (void)complain(NULL, "no subcommand is given; `forkexec --help` lists them");
    return STATUS_FAILED;
}
