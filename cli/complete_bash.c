/* SPDX-License-Identifier: MIT
 *
 * --print bash: completion for bash, with or without the package bash-completion.
 */
#include <stdio.h>
#include <string.h>

#include "subcommand.h"
#include "words.h"

/* What bash has itself; the rest is a list of words. */
static const char *const own_kinds[COMPLETE_COUNT] = {
    [COMPLETE_NOTHING] = "nothing", [COMPLETE_FILE] = "file",   [COMPLETE_DIRECTORY] = "directory",
    [COMPLETE_USER] = "user",       [COMPLETE_GROUP] = "group", [COMPLETE_VARIABLE] = "variable",
};

static void print_kind(enum completion kind) {
    if (own_kinds[kind])
        (void)fputs(own_kinds[kind], stdout);
    else
        (void)printf("words%d", (int)kind);
}

static void print_words(void) {
    (void)puts("_forkexec_words() {\n    case $1 in");
    for (int kind = 0; kind < COMPLETE_COUNT; kind++) {
        size_t at = 0;
        const char *word;
        if (own_kinds[kind])
            continue;
        (void)printf("        words%d) echo \"", kind);
        while ((word = completion_word((enum completion)kind, &at)))
            (void)printf("%s ", word);
        (void)puts("\" ;;");
    }
    (void)puts("    esac\n}\n");
}

static void print_pattern(const struct option *option) {
    char text[64];
    for (size_t at = 0; option_spelling(option, &at, text, sizeof text);)
        (void)printf("%s%s", at == 1 ? "" : "|", text);
}

/* For each option with a value: whether it stands apart, its kind, whether it is a list, suffix. */
static void print_values(void) {
    const struct option *option;
    (void)puts("_forkexec_option() {\n    case $1 in");
    for (const struct subcommand *row = subcommands; row->name; row++)
        for (size_t n = 0; (option = option_at(row->families, n)); n++) {
            /* The first subcommand has what others have too; a name means the same in all. */
            if (!option->metavar ||
                (row != subcommands &&
                 option_named(subcommands->families, option->name, strlen(option->name)) == option))
                continue;
            (void)fputs("        ", stdout);
            print_pattern(option);
            (void)printf(") echo %s ", option->optional ? "attached" : "apart");
            print_kind(option->completion);
            (void)printf(" %s %s ;;\n", option->list ? "list" : "one",
                         option->suffix ? option->suffix : "");
        }
    (void)puts("    esac\n}\n");
}

static bool takes_command(const struct subcommand *row) { return row->takes_command; }
static bool takes_file(const struct subcommand *row) { return row->takes_file; }

/* A function that says whether a subcommand is one of those. */
static void print_names(const char *function, bool (*is_one)(const struct subcommand *row)) {
    const char *before = "";
    (void)printf("%s() {\n    case $1 in\n        ", function);
    for (const struct subcommand *row = subcommands; row->name; row++)
        if (is_one(row)) {
            (void)printf("%s%s", before, row->name);
            before = "|";
        }
    (void)puts(") return 0 ;;\n    esac\n    return 1\n}\n");
}

static void print_subcommands(void) {
    char text[64];
    const struct option *option;
    (void)fputs("_forkexec_subcommands=\"", stdout);
    for (const struct subcommand *row = subcommands; row->name; row++)
        (void)printf("%s ", row->name);
    (void)puts("--help --version --print\"\n");
    (void)puts("_forkexec_options() {\n    case $1 in");
    for (const struct subcommand *row = subcommands; row->name; row++) {
        (void)printf("        %s) echo \"", row->name);
        for (size_t n = 0; (option = option_at(row->families, n)); n++)
            for (size_t at = 0; option_spelling(option, &at, text, sizeof text);)
                (void)printf("%s ", text);
        (void)puts("\" ;;");
    }
    (void)puts("    esac\n}\n");
    print_names("_forkexec_takes_command", takes_command);
    print_names("_forkexec_takes_file", takes_file);
}

static const char value_function[] =
    "# Complete the value $4 of kind $1; $2 says if it is a list, $3 is typed behind a word.\n"
    "_forkexec_value() {\n"
    "    local kind=$1 list=$2 suffix=$3 item=$4 before='' replies=() reply\n"
    "    if [[ $list == list && $item == *,* ]]; then\n"
    "        before=${item%,*},\n"
    "        item=${item##*,}\n"
    "    fi\n"
    "    if [[ $list == list && $item == [+-]* ]]; then\n"
    "        before+=${item:0:1}\n"
    "        item=${item:1}\n"
    "    fi\n"
    "    if [[ $suffix && $item == *\"$suffix\"* ]]; then\n"
    "        before+=${item%%\"$suffix\"*}$suffix\n"
    "        item=${item#*\"$suffix\"}\n"
    "        kind=file suffix=''\n"
    "    fi\n"
    "    case $kind in\n"
    "        nothing) ;;\n"
    "        file|directory|user|group|variable)\n"
    "            mapfile -t replies < <(compgen -A \"$kind\" -- \"$item\") ;;\n"
    "        *)\n"
    "            mapfile -t replies < <(compgen -W \"$(_forkexec_words \"$kind\")\" -- "
    "\"$item\") ;;\n"
    "    esac\n"
    "    [[ $kind != file && $kind != directory ]] || compopt -o filenames 2>/dev/null\n"
    "    [[ ! $suffix ]] || compopt -o nospace 2>/dev/null\n"
    "    for reply in \"${replies[@]}\"; do\n"
    "        COMPREPLY+=(\"$before$reply$suffix\")\n"
    "    done\n"
    "}\n";

static const char rejoin_function[] =
    "# Words as the program sees them: bash takes '=' and ':' as the ends of words.\n"
    "_forkexec_rejoin() {\n"
    "    local i word glue=\n"
    "    words=() starts=()\n"
    "    for ((i = 0; i <= COMP_CWORD; i++)); do\n"
    "        word=${COMP_WORDS[i]}\n"
    "        if [[ ${#words[@]} -gt 1 && ( $glue || $word == [=:]* ) ]]; then\n"
    "            words[${#words[@]} - 1]+=$word\n"
    "        else\n"
    "            words+=(\"$word\") starts+=(\"$i\")\n"
    "        fi\n"
    "        glue=\n"
    "        [[ $word != [=:] ]] || glue=yes\n"
    "    done\n"
    "}\n"
    "\n"
    "# Readline replaces only what is behind the last '=' or ':' that ends a word.\n"
    "_forkexec_trim() {\n"
    "    local cur=$1 i last=0\n"
    "    for ((i = 0; i < ${#cur}; i++)); do\n"
    "        [[ ${cur:i:1} == [=:] && $COMP_WORDBREAKS == *\"${cur:i:1}\"* ]] && last=$((i + 1))\n"
    "    done\n"
    "    for i in \"${!COMPREPLY[@]}\"; do\n"
    "        COMPREPLY[i]=${COMPREPLY[i]:last}\n"
    "    done\n"
    "}\n";

static const char main_function[] =
    "_forkexec() {\n"
    "    local words starts cur subcommand i word option apart kind list suffix operands=''\n"
    "    COMPREPLY=()\n"
    "    _forkexec_rejoin\n"
    "    cur=${words[${#words[@]} - 1]} subcommand=${words[1]}\n"
    "    if ((${#words[@]} == 2)); then\n"
    "        mapfile -t COMPREPLY < <(compgen -W \"$_forkexec_subcommands\" -- \"$cur\")\n"
    "        return\n"
    "    fi\n"
    "    if [[ $subcommand == --print ]]; then\n"
    "        mapfile -t COMPREPLY < <(compgen -W 'man bash zsh fish options' -- \"$cur\")\n"
    "        return\n"
    "    fi\n"
    "    for ((i = 2; i < ${#words[@]} - 1; i++)); do\n"
    "        word=${words[i]}\n"
    "        if [[ $operands || $word != -?* ]]; then\n"
    "            operands=yes\n"
    "            [[ $word == *=* || $word == - ]] && continue || break\n"
    "        fi\n"
    "        [[ $word != -- ]] || { operands=yes; continue; }\n"
    "        [[ $word == --* || ${#word} -le 2 ]] || word=-${word: -1}\n"
    "        read -r apart kind list suffix <<<\"$(_forkexec_option \"$word\")\"\n"
    "        [[ $apart == apart ]] || continue\n"
    "        if ((i == ${#words[@]} - 2)); then\n"
    "            _forkexec_value \"$kind\" \"$list\" \"$suffix\" \"$cur\"\n"
    "            _forkexec_trim \"$cur\"\n"
    "            return\n"
    "        fi\n"
    "        ((i++))\n"
    "    done\n"
    "    if ((i < ${#words[@]} - 1)); then\n"
    "        ! _forkexec_takes_command \"$subcommand\" || _forkexec_command \"${starts[i]}\"\n"
    "    elif [[ $cur == --*=* && ! $operands ]]; then\n"
    "        option=${cur%%=*}\n"
    "        read -r apart kind list suffix <<<\"$(_forkexec_option \"$option\")\"\n"
    "        [[ ! $kind ]] || _forkexec_value \"$kind\" \"$list\" \"$suffix\" \"${cur#*=}\"\n"
    "        for i in \"${!COMPREPLY[@]}\"; do\n"
    "            COMPREPLY[i]=$option=${COMPREPLY[i]}\n"
    "        done\n"
    "        _forkexec_trim \"$cur\"\n"
    "    elif [[ $cur == -* && ! $operands ]]; then\n"
    "        mapfile -t COMPREPLY < <(\n"
    "            compgen -W \"$(_forkexec_options \"$subcommand\")\" -- \"$cur\")\n"
    "    elif _forkexec_takes_command \"$subcommand\"; then\n"
    "        mapfile -t COMPREPLY < <(compgen -A command -- \"$cur\"; compgen -A file -- "
    "\"$cur\")\n"
    "    elif _forkexec_takes_file \"$subcommand\"; then\n"
    "        compopt -o filenames 2>/dev/null\n"
    "        mapfile -t COMPREPLY < <(compgen -A file -- \"$cur\")\n"
    "    fi\n"
    "}\n";

static const char command_function[] =
    "# The command's own completion, from the word $1 on, if there is such a thing.\n"
    "_forkexec_command() {\n"
    "    if declare -F _command_offset >/dev/null; then\n"
    "        _command_offset \"$1\"\n"
    "    elif declare -F _comp_command_offset >/dev/null; then\n"
    "        _comp_command_offset \"$1\"\n"
    "    else\n"
    "        compopt -o filenames 2>/dev/null\n"
    "        mapfile -t COMPREPLY < <(compgen -A file -- \"${COMP_WORDS[COMP_CWORD]}\")\n"
    "    fi\n"
    "}\n";

void print_bash(void) {
    (void)puts("# SPDX-License-Identifier: MIT\n"
               "# Completion of forkexec(1) for bash. Printed by `forkexec --print bash`.\n");
    print_subcommands();
    print_values();
    print_words();
    (void)puts(value_function);
    (void)puts(rejoin_function);
    (void)puts(command_function);
    (void)puts(main_function);
    (void)puts("complete -F _forkexec forkexec");
}
