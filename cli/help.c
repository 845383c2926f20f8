/* SPDX-License-Identifier: MIT
 *
 * --help, in groups, as wide as the terminal.
 */
#include <stdio.h>
#include <string.h>

#include "print.h"
#include "subcommand.h"

bool option_spelling(const struct option *option, size_t *at, char *text, size_t size) {
    const char *rest = option->aliases;
    const char *word;
    size_t length;
    size_t n = (*at)++;
    if (option->letter && n == 0) {
        (void)snprintf(text, size, "-%c", option->letter);
        return true;
    }
    n -= option->letter ? 1 : 0;
    if (n == 0) {
        (void)snprintf(text, size, "--%s", option->name);
        return true;
    }
    for (n--; next_word(&rest, ' ', &word, &length); n--)
        if (n == 0) {
            (void)snprintf(text, size, "--%.*s", (int)length, word);
            return true;
        }
    return false;
}

void option_head(const struct option *option, char *text, size_t size) {
    const char *rest = option->aliases;
    const char *word;
    size_t length;
    int used = option->letter ? snprintf(text, size, "-%c, --%s", option->letter, option->name)
                              : snprintf(text, size, "    --%s", option->name);
    while (next_word(&rest, ' ', &word, &length))
        used += snprintf(text + used, size - (size_t)used, ", --%.*s", (int)length, word);
    if (option->metavar)
        (void)snprintf(text + used, size - (size_t)used, option->optional ? "[=%s]" : "=%s",
                       option->metavar);
}

static void print_option(const struct option *option, size_t width) {
    enum { COLUMN = 31 };
    char head[160];
    option_head(option, head, sizeof head);
    (void)printf("  %s", head);
    size_t column = width < 60 ? 10 : COLUMN;
    size_t at = strlen(head) + 2;
    /* At least two spaces between. */
    print_wrapped(option->help, at + 2 > column ? column + 1 : at, column, width);
}

void print_help(const struct subcommand *subcommand) {
    size_t width = print_width();
    (void)printf("usage: forkexec %s ", subcommand->name);
    size_t at = strlen(subcommand->name) + 17;
    print_wrapped(subcommand->synopsis, at, at, width);
    (void)putchar('\n');
    print_wrapped(subcommand->more, 0, 0, width);
    for (family_list family = subcommand->families; *family; family++) {
        (void)printf("\n%s:\n", (*family)->title);
        for (size_t i = 0; i < (*family)->count; i++)
            print_option(&(*family)->options[i], width);
    }
}

/* They are typed by the tests, which compare what comes. */
static void print_examples(void) {
    (void)puts("\nExamples:\n\n"
               "$ forkexec exec --nofile=64 -- sh -c 'ulimit -n'\n"
               "64\n"
               "$ forkexec run --timeout 0.5s -- sh -c 'sleep 1000 & wait'; echo $?\n"
               "124\n"
               "$ forkexec run --max-output 2 -- seq 1000 2>/dev/null\n"
               "1\n"
               "$ printf 'echo %s\\n' one two | forkexec batch -j 2 --keep-order\n"
               "one\n"
               "two");
}

void print_usage(void) {
    size_t width = print_width();
    (void)puts("usage: forkexec SUBCOMMAND ...\n\n"
               "Start commands, with all that a process can be said as options.\n");
    for (const struct subcommand *row = subcommands; row->name; row++) {
        (void)printf("  forkexec %-9s", row->name);
        print_wrapped(row->summary, 20, 22, width);
    }
    (void)puts("\n"
               "  forkexec SUBCOMMAND --help\n"
               "  forkexec --version\n"
               "  forkexec --print man|bash|zsh|fish\n");
    print_wrapped(
        "Exit status: that of the command; 127 if it is not found, 126 if it cannot be "
        "executed, 125 if forkexec itself fails, with one line on standard error. Of run also "
        "124 if it was stopped at a deadline, 137 if it had to be killed, and 128 + N if "
        "signal N ended it.",
        0, 0, width);
    print_examples();
}
