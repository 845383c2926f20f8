/* SPDX-License-Identifier: MIT
 *
 * From the command line to the request. Options are collected first and then taken in the order
 * of the table, so that the order in which they were given cannot matter.
 */
#include "request.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t row_of(family_list families, const struct option *option) {
    size_t row = 0;
    while (option_at(families, row) != option)
        row++;
    return row;
}

static struct given *add_given(struct request *request, const struct option *option,
                               const char *value) {
    struct given *given = list_add(&request->given, sizeof *given);
    given->option = option;
    given->value = value;
    given->row = row_of(request->families, option);
    given->sequence = request->given.count;
    return given;
}

/* `--name`, `--name=VALUE` or `--name VALUE`. The number of arguments taken, or a failure. */
static int read_long(struct request *request, char **argv) {
    const char *name = argv[0] + 2;
    size_t length = strcspn(name, "=");
    const char *value = name[length] ? name + length + 1 : NULL;
    const struct option *option = option_named(request->families, name, length);
    char nearest[48];
    if (!option && option_nearest(request->families, name, length, nearest, sizeof nearest))
        return complain(request, "--%.*s: no such option; did you mean --%s?", (int)length, name,
                        nearest);
    if (!option)
        return complain(request, "--%.*s: no such option", (int)length, name);
    if (value && !option->metavar)
        return complain(request, "--%.*s: takes no value", (int)length, name);
    bool separate = option->metavar && !option->optional && !value;
    if (separate && !argv[1])
        return complain(request, "--%s: needs a value, %s", name, option->metavar);
    struct given *given = add_given(request, option, separate ? argv[1] : value);
    (void)snprintf(given->spelled, sizeof given->spelled, "--%.*s", (int)length, name);
    return separate ? 2 : 1;
}

/* `-abc`: letters without values, then perhaps one with, which is the rest or the next argument. */
static int read_letters(struct request *request, char **argv) {
    for (const char *at = argv[0] + 1; *at; at++) {
        const struct option *option = option_lettered(request->families, *at);
        if (!option)
            return complain(request, "-%c: no such option", *at);
        const char *value = NULL;
        bool separate = option->metavar && !at[1];
        if (option->metavar)
            value = separate ? argv[1] : at + 1;
        if (separate && !value)
            return complain(request, "-%c: needs a value, %s", *at, option->metavar);
        struct given *given = add_given(request, option, value);
        (void)snprintf(given->spelled, sizeof given->spelled, "-%c", *at);
        if (option->metavar)
            return separate ? 2 : 1;
    }
    return 1;
}

/* As env(1) has it, a lone "-" is the same as -i. */
static void read_dash(struct request *request) {
    const struct option *option = option_lettered(request->families, 'i');
    const struct given *given = request->given.data;
    for (size_t i = 0; i < request->given.count; i++)
        if (given[i].option == option)
            return;
    struct given *added = add_given(request, option, NULL);
    (void)snprintf(added->spelled, sizeof added->spelled, "-");
}

static const struct option *last_given(const struct request *request) {
    const struct given *given = request->given.data;
    return request->given.count ? given[request->given.count - 1].option : NULL;
}

/* The operands, or NULL after a failure. */
static char **read_options(struct request *request, char **argv, bool takes_command) {
    for (;;) {
        const char *text = *argv;
        if (!text || text[0] != '-')
            return argv;
        if (strcmp(text, "-") == 0 && !takes_command)
            return argv;
        if (strcmp(text, "-") == 0) {
            read_dash(request);
            return argv + 1;
        }
        if (strcmp(text, "--") == 0)
            return argv + 1;
        int taken = text[1] == '-' ? read_long(request, argv) : read_letters(request, argv);
        if (taken < 0)
            return NULL;
        argv += taken;
        const struct option *last = last_given(request);
        if (last && last->at_once) {
            (void)last->parse(request, last, NULL);
            return argv;
        }
    }
}

static int compare(const void *left, const void *right) {
    const struct given *a = left;
    const struct given *b = right;
    int order = (a->row > b->row) - (a->row < b->row);
    if (order == 0 && !a->option->in_sequence && a->value && b->value)
        order = strcmp(a->value, b->value);
    return order ? order : (a->sequence > b->sequence) - (a->sequence < b->sequence);
}

static int check_one(struct request *request, size_t n) {
    const struct given *given = request->given.data;
    const struct option *option = given[n].option;
    request->current = &given[n];
    for (size_t i = 0; i < n; i++) {
        const struct option *other = given[i].option;
        if (other == option && !option->repeats)
            return complain(request, "is given twice");
        if (other != option && other->excludes && option->excludes &&
            strcmp(other->excludes, option->excludes) == 0)
            return complain(request, "contradicts %s", given[i].spelled);
    }
    return 0;
}

static int take_options(struct request *request) {
    struct given *given = request->given.data;
    size_t count = request->given.count;
    int result = 0;
    if (count)
        qsort(given, count, sizeof *given, compare);
    for (size_t i = 0; i < count && result == 0; i++)
        result = check_one(request, i);
    for (size_t i = 0; i < count && result == 0; i++) {
        request->current = &given[i];
        result = given[i].option->parse(request, given[i].option, given[i].value);
    }
    request->current = NULL;
    return result;
}

/* NAME=VALUE operands stand before the command, and win over --setenv; the last of a name wins. */
static int take_command(struct request *request, char **argv) {
    for (; *argv && strchr(*argv, '='); argv++) {
        if (**argv == '=')
            return complain(request, "\"%s\" names no variable", *argv);
        list_add_text(&request->environment_set, *argv);
        request->command.environment_set = request->environment_set.data;
    }
    if (!*argv)
        return complain(request, "no command is given; `forkexec --help` shows how");
    /* An open file has no name to be searched for. */
    if (!request->command.program_fd.set)
        request->command.program = argv[0];
    if (request->arguments.count) {
        /* --argv0: the first argument is another one than the program. */
        for (char **rest = argv + 1; *rest; rest++)
            list_add_text(&request->arguments, *rest);
        argv = request->arguments.data;
    }
    request->command.argv = argv;
    return 0;
}

int request_read(struct request *request, family_list families, bool takes_command, bool takes_file,
                 char **argv) {
    *request = (struct request){.command.size = sizeof(fx_command), .families = families};
    char **operands = read_options(request, argv, takes_command);
    if (!operands)
        return -EINVAL;
    if (request->help || request->version)
        return 0;
    int result = take_options(request);
    if (result < 0)
        return result;
    if (takes_command)
        return take_command(request, operands);
    if (*operands && takes_file)
        request->file = *operands++;
    if (*operands)
        return complain(request, "\"%s\" is one argument too many", *operands);
    return 0;
}

void request_free(struct request *request) {
    struct list *const lists[] = {
        &request->given,
        &request->arguments,
        &request->environment_set,
        &request->map,
        &request->keep,
        &request->close,
        &request->listen,
        &request->listen_names,
        &request->limits,
        &request->default_signals,
        &request->ignored_signals,
        &request->blocked_signals,
        &request->block_signals,
        &request->unblock_signals,
        &request->cpus,
        &request->groups,
        &request->landlock,
        &request->namespaces,
        &request->uid_map,
        &request->gid_map,
        &request->best_effort,
        &request->environment_unset,
        &request->supervision.tee,
        &request->supervision.tee_stdout,
        &request->supervision.tee_stderr,
    };
    for (size_t i = 0; i < COUNT_OF(lists); i++)
        free(lists[i]->data);
    free(request->seccomp);
    free(request->batch);
    *request = (struct request){0};
}
