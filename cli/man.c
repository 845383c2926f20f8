/* SPDX-License-Identifier: MIT
 *
 * --print man: the manual page.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "subcommand.h"

/* Text in which nothing is a request or an escape of roff's, and a '-' is the one that is typed. */
static void put_bytes(const char *text, size_t length) {
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '-')
            (void)fputs("\\-", stdout);
        else if (text[i] == '\\')
            (void)fputs("\\e", stdout);
        else
            (void)putchar(text[i]);
    }
}

static void put(const char *text) { put_bytes(text, strlen(text)); }

/* Filled text: short lines, each sentence on lines of its own; and the end of the last. */
static void put_text(const char *text) {
    enum { FULL = 66 };
    const char *word;
    size_t length;
    size_t column = 0;
    while (next_word(&text, ' ', &word, &length)) {
        if (column == 0 && (*word == '.' || *word == '\''))
            (void)fputs("\\&", stdout);
        put_bytes(word, length);
        column += length + 1;
        bool ends = length > 0 && word[length - 1] == '.';
        bool breaks = !text || ends || column > FULL;
        (void)putchar(breaks ? '\n' : ' ');
        if (breaks)
            column = 0;
    }
}

static void paragraph(const char *text) {
    (void)puts(".PP");
    put_text(text);
}

static void section(const char *title) { (void)printf(".SH %s\n", title); }

/* Text as a sentence, with a capital and a full stop. */
static void put_sentence(const char *text) {
    char sentence[300];
    (void)snprintf(sentence, sizeof sentence, "%s.", text);
    sentence[0] = (char)toupper((unsigned char)sentence[0]);
    put_text(sentence);
}

static void put_option(const struct option *option) {
    char text[64];
    (void)puts(".TP");
    for (size_t at = 0; option_spelling(option, &at, text, sizeof text);) {
        (void)fputs(at == 1 ? "\\fB" : ", \\fB", stdout);
        put(text);
        (void)fputs("\\fR", stdout);
    }
    if (option->metavar) {
        (void)fputs(option->optional ? "[=\\fI" : "=\\fI", stdout);
        put(option->metavar);
        (void)fputs(option->optional ? "\\fR]" : "\\fR", stdout);
    }
    (void)putchar('\n');
    put_sentence(option->help);
    if (option->more)
        put_text(option->more);
    if (option->repeats)
        (void)puts("Can be given more than once.");
}

static void put_family(const struct family *family) {
    (void)fputs(".SS ", stdout);
    put(family->title);
    (void)putchar('\n');
    for (size_t i = 0; i < family->count; i++)
        put_option(&family->options[i]);
}

/* The families that some earlier subcommand has as well are the options of both. */
static bool seen_before(const struct subcommand *before, const struct family *family) {
    for (const struct subcommand *row = subcommands; row != before; row++)
        for (family_list known = row->families; *known; known++)
            if (*known == family)
                return true;
    return false;
}

static void put_options(void) {
    section("OPTIONS");
    put_text("Options stand before the command, in any order. A long one takes its value as "
             "--name=VALUE or --name VALUE; one whose value may be left out only as --name=VALUE. "
             "Names cannot be abbreviated. Letters can stand together, and before the value of "
             "the last. -- ends the options.");
    for (const struct subcommand *row = subcommands; row->name; row++)
        for (family_list family = row->families; *family; family++) {
            if (seen_before(row, *family))
                continue;
            put_family(*family);
            if (row != subcommands)
                (void)printf("These are options of\n.BR %s .\n", row->name);
        }
}

static void put_subcommands(void) {
    section("SYNOPSIS");
    for (const struct subcommand *row = subcommands; row->name; row++) {
        (void)printf("%s.B forkexec %s\n", row == subcommands ? "" : ".br\n", row->name);
        put(row->synopsis);
        (void)putchar('\n');
    }
    section("DESCRIPTION");
    put_text("forkexec starts commands, with all that a process can be said as options: "
             "environment, directory, descriptors, session, signals, limits, scheduling, "
             "identity, capabilities and namespaces.");
    for (const struct subcommand *row = subcommands; row->name; row++) {
        (void)printf(".TP\n.B forkexec %s\n", row->name);
        put_sentence(row->summary);
        put_text(row->more);
    }
    paragraph("All descriptors but 0, 1 and 2 are closed, unless --keep, --map or "
              "--inherit-others says otherwise. SIGPIPE and SIGXFSZ have their default action, "
              "unless --keep-ignored-signals is given. Nothing else is changed that was not "
              "asked for.");
}

static void put_status(void) {
    static const char *const meanings[][2] = {
        {"124", "run: the command was stopped, as it ran or was silent for too long"},
        {"125", "forkexec itself failed: an option is wrong, or a step before the execution of "
                "the command failed; or run stopped the command, as its output was too large"},
        {"126", "the command was found but could not be executed"},
        {"127", "the command was not found"},
        {"128+N", "run: signal N ended the command; 137 also if it had to be killed after the "
                  "deadline"},
    };
    section("EXIT STATUS");
    put_text(
        "That of the command, as forkexec exec has become it, and forkexec run passes it on; 0 "
        "of explain and doctor; of batch the number of commands that failed, 101 for more than "
        "100, 128 and the number of the signal that ended it; and");
    for (size_t i = 0; i < COUNT_OF(meanings); i++) {
        (void)printf(".TP\n.B %s\n", meanings[i][0]);
        put_sentence(meanings[i][1]);
    }
    paragraph("A failure is one line on standard error, with the step that failed, its subject "
              "and the reason:");
    (void)puts(".PP\n.in +4n\n.nf");
    put("forkexec: chdir(\"/srv/app\"): No such file or directory\n");
    (void)puts(".fi\n.in");
}

static void put_examples(void) {
    static const char *const examples[][2] = {
        {"Run a server as its user, with many files, and end it with its parent:",
         "forkexec exec --user www --init-groups --nofile 65536 --pdeathsig TERM server"},
        {"Be polite on the first four processors:",
         "forkexec exec -n 10 --batch --io-class idle --cpu-list 0-3 make -j4"},
        {"Let a program write to one directory only, with no network:",
         "forkexec exec --map-root-user --unshare net --no-new-privs --landlock ro:/ "
         "--landlock rw:/tmp/out tool"},
        {"Stop a build with all that it started after ten minutes, with a second for each to "
         "clean up, and keep its last words:",
         "forkexec run --timeout 10m --kill-after 1 --max-output 64K --keep-output tail make"},
        {"Be process 1 of a container:", "forkexec run --json=/run/events server"},
        {"See what would be done:", "forkexec explain --setsid --limit cpu=50:55 command"},
        {"Run the commands of a file, four at a time; go on where it was when it is killed:",
         "forkexec batch -j 4 --timeout 1h --joblog log --resume commands"},
    };
    section("EXAMPLES");
    for (size_t i = 0; i < COUNT_OF(examples); i++) {
        if (i > 0)
            (void)puts(".PP");
        put_text(examples[i][0]);
        (void)puts(".PP\n.in +4n\n.nf");
        put(examples[i][1]);
        (void)puts("\n.fi\n.in");
    }
}

void print_man(void) {
    (void)puts(".\\\" SPDX-License-Identifier: MIT\n"
               ".\\\" Printed by `forkexec --print man`.");
    (void)printf(".TH FORKEXEC 1 \"\" \"forkexec %s\" \"User Commands\"\n", fx_version());
    section("NAME");
    (void)puts("forkexec \\- start commands, with all that a process can be said as options");
    put_subcommands();
    put_options();
    put_status();
    put_examples();
    section("SEE ALSO");
    (void)puts(
        ".BR env (1),\n.BR setpriv (1),\n.BR prlimit (1),\n.BR nice (1),\n.BR ionice (1),\n"
        ".BR chrt (1),\n.BR timeout (1),\n.BR taskset (1),\n.BR setsid (1),\n.BR choom (1),\n"
        ".BR unshare (1),\n.BR xargs (1),\n.BR parallel (1),\n.BR chpst (8)");
}
