/* SPDX-License-Identifier: MIT
 *
 * --print zsh: completion for zsh.
 */
#include <stdio.h>

#include "subcommand.h"
#include "words.h"

static const char *const own_actions[COMPLETE_COUNT] = {
    [COMPLETE_NOTHING] = " ",           [COMPLETE_FILE] = "_files",
    [COMPLETE_DIRECTORY] = "_files -/", [COMPLETE_USER] = "_users",
    [COMPLETE_GROUP] = "_groups",       [COMPLETE_DESCRIPTOR] = "_file_descriptors",
};

/* In single quotes; with a backslash before what ends a part of a specification. */
static void put(const char *text, const char *special) {
    for (; *text; text++) {
        for (const char *at = special; *at; at++)
            if (*at == *text)
                (void)putchar('\\');
        if (*text == '\'')
            (void)fputs("'\\''", stdout);
        else
            (void)putchar(*text);
    }
}

static void print_words(void) {
    (void)puts("_forkexec_words() {\n  local -a words\n  local suffix=$3\n  case $1 in");
    for (int kind = 0; kind < COMPLETE_COUNT; kind++) {
        size_t at = 0;
        const char *word;
        if (own_actions[kind] || kind == COMPLETE_VARIABLE)
            continue;
        (void)printf("    %d) words=(", kind);
        while ((word = completion_word((enum completion)kind, &at)))
            (void)printf("%s ", word);
        (void)puts(") ;;");
    }
    (void)printf("    %d) words=(${(k)parameters[(R)*export*]}) ;;\n  esac\n", COMPLETE_VARIABLE);
    (void)puts("  if [[ $2 == list ]]; then\n"
               "    compset -P '*,'\n"
               "    compset -P '[+-]'\n"
               "  fi\n"
               "  if [[ -n $suffix ]] && compset -P \"*$suffix\"; then\n"
               "    _files\n"
               "  else\n"
               "    compadd ${suffix:+-S$suffix} -a words\n"
               "  fi\n"
               "}\n");
}

static void print_option(const struct option *option) {
    char text[64];
    for (size_t at = 0; option_spelling(option, &at, text, sizeof text);) {
        (void)printf("        '%s%s", option->repeats ? "*" : "", text);
        bool is_long = text[1] == '-';
        if (option->metavar)
            (void)fputs(option->optional ? "=-" : is_long ? "=" : "+", stdout);
        (void)putchar('[');
        put(option->help, "[]\\");
        (void)putchar(']');
        if (option->metavar) {
            (void)fputs(option->optional ? "::" : ":", stdout);
            put(option->metavar, ":\\");
            (void)putchar(':');
            if (own_actions[option->completion])
                (void)fputs(own_actions[option->completion], stdout);
            else {
                (void)printf(" _forkexec_words %d %s \"", (int)option->completion,
                             option->list ? "list" : "one");
                put(option->suffix ? option->suffix : "", ":");
                (void)putchar('"');
            }
        }
        (void)puts("'");
    }
}

static void print_subcommand(const struct subcommand *subcommand) {
    const struct option *option;
    (void)printf("    %s)\n      arguments=(\n", subcommand->name);
    for (size_t n = 0; (option = option_at(subcommand->families, n)); n++)
        print_option(option);
    if (subcommand->takes_command)
        (void)puts("        '(-)*::command:_forkexec_command'");
    if (subcommand->takes_file)
        (void)puts("        '1:file:_files'");
    (void)puts("      ) ;;");
}

void print_zsh(void) {
    (void)puts("#compdef forkexec\n"
               "# SPDX-License-Identifier: MIT\n"
               "# Completion of forkexec(1) for zsh. Printed by `forkexec --print zsh`.\n");
    print_words();
    (void)puts("# NAME=VALUE operands, then a command, which completes its own arguments.\n"
               "_forkexec_command() {\n"
               "  while [[ $words[1] == *=* ]] && ((CURRENT > 1)); do\n"
               "    shift words\n"
               "    ((CURRENT--))\n"
               "  done\n"
               "  _normal\n"
               "}\n");
    (void)puts("_forkexec() {\n  local -a arguments subcommands\n  subcommands=(");
    for (const struct subcommand *row = subcommands; row->name; row++) {
        (void)printf("    '%s:", row->name);
        put(row->summary, "");
        (void)puts("'");
    }
    (void)puts("  )\n"
               "  if ((CURRENT == 2)); then\n"
               "    _describe subcommand subcommands\n"
               "    compadd -- --help --version --print\n"
               "    return\n"
               "  fi\n"
               "  case $words[2] in\n"
               "    --print)\n"
               "      compadd man bash zsh fish options\n"
               "      return ;;");
    for (const struct subcommand *row = subcommands; row->name; row++)
        print_subcommand(row);
    (void)puts("    *) return 1 ;;\n"
               "  esac\n"
               "  shift words\n"
               "  ((CURRENT--))\n"
               "  _arguments -s -S : $arguments\n"
               "}\n\n"
               "_forkexec \"$@\"");
}
