/* SPDX-License-Identifier: MIT
 *
 * --print options: the table itself, as JSON, for programs that compare it with something.
 */
#include <stdio.h>

#include "json.h"
#include "subcommand.h"

static void print_spellings(const struct option *option) {
    char text[64];
    (void)fputs(", \"names\": [", stdout);
    for (size_t at = 0; option_spelling(option, &at, text, sizeof text);) {
        (void)fputs(at == 1 ? "" : ", ", stdout);
        json_string(stdout, text);
    }
    (void)putchar(']');
}

static void print_fields(const struct option *option) {
    const char *rest = option->fields;
    const char *word;
    size_t length;
    const char *before = "";
    (void)fputs(", \"fields\": [", stdout);
    while (next_word(&rest, ' ', &word, &length)) {
        (void)printf("%s\"%.*s\"", before, (int)length, word);
        before = ", ";
    }
    (void)putchar(']');
}

static void print_row(const struct subcommand *subcommand, const struct family *family,
                      const struct option *option) {
    (void)putchar('{');
    json_text(stdout, true, "subcommand", subcommand->name);
    json_text(stdout, false, "family", family->title);
    print_spellings(option);
    json_text(stdout, false, "value", option->metavar);
    json_bool(stdout, false, "optional", option->optional);
    json_bool(stdout, false, "repeats", option->repeats);
    json_bool(stdout, false, "list", option->list);
    print_fields(option);
    json_text(stdout, false, "help", option->help);
    (void)putchar('}');
}

void print_options(void) {
    const char *before = "[\n ";
    for (const struct subcommand *row = subcommands; row->name; row++)
        for (family_list family = row->families; *family; family++)
            for (size_t i = 0; i < (*family)->count; i++) {
                (void)fputs(before, stdout);
                print_row(row, *family, &(*family)->options[i]);
                before = ",\n ";
            }
    (void)puts("\n]");
}
