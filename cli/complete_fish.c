/* SPDX-License-Identifier: MIT
 *
 * --print fish: completion for fish.
 */
#include <stdio.h>

#include "subcommand.h"
#include "words.h"

/* What lists the values; with %s where words stand. */
static const char *const own_values[COMPLETE_COUNT] = {
    [COMPLETE_NOTHING] = "",
    [COMPLETE_FILE] = "",
    [COMPLETE_DIRECTORY] = "(__fish_complete_directories)",
    [COMPLETE_USER] = "(__fish_complete_users)",
    [COMPLETE_GROUP] = "(__fish_complete_groups)",
    [COMPLETE_VARIABLE] = "(set --names --export)",
};

static void put_quoted(const char *text) {
    (void)putchar('\'');
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\')
            (void)putchar('\\');
        (void)putchar(*text);
    }
    (void)putchar('\'');
}

static void put_words(const struct option *option) {
    const char *word;
    bool variables = option->completion == COMPLETE_VARIABLE;
    if (own_values[option->completion] && !variables) {
        put_quoted(own_values[option->completion]);
        return;
    }
    const char *suffix = option->suffix ? option->suffix : "";
    (void)putchar('\'');
    if (variables)
        (void)printf("(set --names --export)%s", suffix);
    else if (option->list)
        (void)fputs("(__fish_append , ", stdout);
    for (size_t at = 0; !variables && (word = completion_word(option->completion, &at));)
        (void)printf("%s%s ", word, suffix);
    (void)fputs(!variables && option->list ? ")'" : "'", stdout);
}

static void print_option(const struct subcommand *subcommand, const struct option *option) {
    char text[64];
    (void)printf("complete -c forkexec -n '__forkexec_options_of %s'", subcommand->name);
    for (size_t at = 0; option_spelling(option, &at, text, sizeof text);)
        (void)printf(text[1] == '-' ? " -l %s" : " -s %s", text + (text[1] == '-' ? 2 : 1));
    (void)fputs(" -d ", stdout);
    put_quoted(option->help);
    if (option->metavar) {
        bool file = option->completion == COMPLETE_FILE || option->completion == COMPLETE_ACCESS ||
                    option->completion == COMPLETE_NAMESPACE;
        if (!option->optional)
            (void)fputs(file ? " -r -F" : " -x", stdout);
        (void)fputs(" -a ", stdout);
        put_words(option);
    }
    (void)putchar('\n');
}

static const char functions[] =
    "# Whether this is the subcommand, and no command stands there yet.\n"
    "function __forkexec_options_of\n"
    "    set -l words (commandline -opc)\n"
    "    test (count $words) -ge 2; and test $words[2] = $argv[1]\n"
    "    and not contains -- -- $words\n"
    "end\n"
    "\n"
    "function __forkexec_no_subcommand\n"
    "    test (count (commandline -opc)) -eq 1\n"
    "end\n"
    "\n"
    "function __forkexec_takes_command\n"
    "    set -l words (commandline -opc)\n"
    "    test (count $words) -ge 2; and contains -- $words[2] $argv\n"
    "end\n";

void print_fish(void) {
    const struct option *option;
    (void)puts("# SPDX-License-Identifier: MIT\n"
               "# Completion of forkexec(1) for fish. Printed by `forkexec --print fish`.\n");
    (void)puts(functions);
    (void)puts("complete -c forkexec -f");
    (void)puts("complete -c forkexec -n __forkexec_no_subcommand -l help -s h -d 'print help'\n"
               "complete -c forkexec -n __forkexec_no_subcommand -l version -s V "
               "-d 'print the version'\n"
               "complete -c forkexec -n __forkexec_no_subcommand -l print -x "
               "-a 'man bash zsh fish options'");
    for (const struct subcommand *row = subcommands; row->name; row++) {
        (void)printf("complete -c forkexec -n __forkexec_no_subcommand -a %s -d ", row->name);
        put_quoted(row->summary);
        (void)putchar('\n');
    }
    for (const struct subcommand *row = subcommands; row->name; row++) {
        for (size_t n = 0; (option = option_at(row->families, n)); n++)
            print_option(row, option);
        if (row->takes_command)
            (void)printf("complete -c forkexec -n '__forkexec_takes_command %s' "
                         "-a '(__fish_complete_subcommand --fcs-skip=2)'\n",
                         row->name);
        if (row->takes_file)
            (void)printf("complete -c forkexec -n '__forkexec_options_of %s' -F\n", row->name);
    }
}
