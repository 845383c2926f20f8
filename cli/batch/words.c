/* SPDX-License-Identifier: MIT
 *
 * A line as a shell would split it into words, without anything else that a shell does.
 */
#include <errno.h>
#include <string.h>

#include "record.h"

static const char spaces[] = " \t\r\n";
static const char digits[] = "0123456789";

static int fail(struct parsed *parsed, const char *complaint) {
    parsed->complaint = complaint;
    return -EINVAL;
}

/*
 * A word that is only an operator, as in `sort <in | uniq`, is a mistake that would otherwise go
 * unnoticed as an argument.
 */
static bool is_operator(const char *text) {
    static const char operators[] = "|&;<>";
    const char *at = text + strspn(text, digits);
    size_t length = strspn(at, operators);
    at += length;
    at += *at == '-' ? 1 : strspn(at, digits);
    return length > 0 && (*at == '\0' || strchr(spaces, *at));
}

/* NAME= without any quote in it. */
static bool is_assignment(const char *text) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_";
    size_t length = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789");
    return length > 0 && strchr(letters, *text) && text[length] == '=';
}

/* Behind the quote; to behind the closing one, or NULL. */
static const char *take_single(const char *text, struct parsed *parsed) {
    for (; *text && *text != '\''; text++)
        parsed_put(parsed, *text);
    return *text ? text + 1 : NULL;
}

static const char *take_double(const char *text, struct parsed *parsed) {
    for (; *text && *text != '"'; text++) {
        if (*text == '\\' && text[1] == '\n') {
            text++;
            continue;
        }
        if (*text == '\\' && text[1] && strchr("\\\"$`", text[1]))
            text++;
        parsed_put(parsed, *text);
    }
    return *text ? text + 1 : NULL;
}

/* One word; to behind it, or NULL after a complaint. */
static const char *take_word(const char *text, struct parsed *parsed) {
    while (*text && !strchr(spaces, *text)) {
        char byte = *text++;
        if (byte == '\'' || byte == '"') {
            text = byte == '"' ? take_double(text, parsed) : take_single(text, parsed);
            if (!text) {
                (void)fail(parsed, byte == '"' ? "a \" is not closed" : "a ' is not closed");
                return NULL;
            }
        } else if (byte != '\\') {
            parsed_put(parsed, byte);
        } else if (*text == '\0') {
            (void)fail(parsed, "nothing stands behind the last backslash");
            return NULL;
        } else if (*text++ != '\n') {
            parsed_put(parsed, text[-1]);
        }
    }
    return text;
}

/* What is between words: spaces, comments, and line ends that a backslash hides. */
static const char *skip_blank(const char *text) {
    for (;;) {
        text += strspn(text, spaces);
        if (*text == '#')
            text += strcspn(text, "\n");
        else if (text[0] == '\\' && text[1] == '\n')
            text += 2;
        else
            return text;
    }
}

int parse_words(const char *text, struct parsed *parsed) {
    while (*(text = skip_blank(text))) {
        if (is_operator(text))
            return fail(parsed,
                        "| & ; < > mean nothing without --shell; quote what is an argument");
        bool assigns = parsed->words.count == 0 && is_assignment(text);
        const char *word = parsed_begin(parsed);
        text = take_word(text, parsed);
        if (!text)
            return -EINVAL;
        parsed_end(parsed);
        list_add_text(assigns ? &parsed->environment_set : &parsed->words, word);
    }
    if (parsed->words.count == 0 && parsed->environment_set.count > 0)
        return fail(parsed, "variables stand there, and no command");
    return 0;
}
