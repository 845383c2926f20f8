/* SPDX-License-Identifier: MIT
 *
 * A command as JSON: ["program", "argument"], or an object with argv and more.
 */
#include <errno.h>
#include <string.h>

#include "../value.h"
#include "json_reader.h"

static int read_arguments(struct json_reader *reader) {
    if (!json_take(reader, '['))
        return json_fail(reader, "argv is an array of strings");
    do {
        const char *text;
        int result = json_read_text(reader, &text);
        if (result < 0)
            return result;
        list_add_text(&reader->parsed->words, text);
    } while (json_take(reader, ','));
    return json_take(reader, ']') ? 0 : json_fail(reader, "a comma or ] is wanted");
}

/* `"NAME": "value"` becomes NAME=value, in place. */
static int read_variable(struct json_reader *reader) {
    struct parsed *parsed = reader->parsed;
    const char *name;
    int result = json_read_text(reader, &name);
    if (result < 0)
        return result;
    if (!*name || strchr(name, '='))
        return json_fail(reader, "env has what is no name of a variable");
    if (!json_take(reader, ':'))
        return json_fail(reader, "a colon is wanted");
    if (json_take_word(reader, "null")) {
        list_add_text(&parsed->environment_unset, name);
        return 0;
    }
    const char *value;
    parsed->storage[parsed->used - 1] = '=';
    result = json_read_text(reader, &value);
    list_add_text(&parsed->environment_set, name);
    return result;
}

static int read_environment(struct json_reader *reader) {
    if (!json_take(reader, '{'))
        return json_fail(reader, "env is an object");
    if (json_take(reader, '}'))
        return 0;
    do {
        int result = read_variable(reader);
        if (result < 0)
            return result;
    } while (json_take(reader, ','));
    return json_take(reader, '}') ? 0 : json_fail(reader, "a comma or } is wanted");
}

static int read_directory(struct json_reader *reader) {
    return json_read_text(reader, &reader->parsed->directory);
}

static int read_tag(struct json_reader *reader) {
    return json_read_text(reader, &reader->parsed->tag);
}

static int read_input(struct json_reader *reader) {
    struct parsed *parsed = reader->parsed;
    parsed->input = parsed_begin(parsed);
    int result = json_read_string(reader);
    parsed->input_size = (size_t)(parsed_begin(parsed) - parsed->input);
    return result;
}

static int read_timeout(struct json_reader *reader) {
    static const double longest = 24.0 * 86400;
    double seconds = 0;
    fx_count *timeout = &reader->parsed->timeout;
    if (json_peek(reader) == '"') {
        const char *text;
        int result = json_read_text(reader, &text);
        if (result == 0 && duration_of(text, &timeout->value) < 0)
            result = json_fail(reader, "timeout is not a duration, as \"5m\"");
        timeout->set = true;
        return result;
    }
    int result = json_read_number(reader, &seconds);
    if (result == 0 && !(seconds >= 0 && seconds <= longest))
        result = json_fail(reader, "timeout is out of range");
    if (result < 0)
        return result;
    *timeout = (fx_count)FX_COUNT((unsigned long long)(seconds * 1000));
    if (timeout->value == 0 && seconds > 0)
        timeout->value = 1;
    return 0;
}

static const struct member {
    const char *name;
    int (*read)(struct json_reader *reader);
} members[] = {
    {"argv", read_arguments}, {"cwd", read_directory},   {"env", read_environment},
    {"stdin", read_input},    {"timeout", read_timeout}, {"tag", read_tag},
};

static int read_member(struct json_reader *reader, unsigned int *seen) {
    const char *name;
    int result = json_read_text(reader, &name);
    if (result < 0)
        return result;
    if (!json_take(reader, ':'))
        return json_fail(reader, "a colon is wanted");
    for (size_t i = 0; i < COUNT_OF(members); i++) {
        if (strcmp(members[i].name, name) != 0)
            continue;
        if (*seen & 1U << i)
            return json_fail(reader, "a member is there twice");
        *seen |= 1U << i;
        return members[i].read(reader);
    }
    return json_fail(reader, "the members are argv, cwd, env, stdin, timeout and tag");
}

static int read_object(struct json_reader *reader) {
    unsigned int seen = 0;
    (void)json_take(reader, '{');
    do {
        int result = read_member(reader, &seen);
        if (result < 0)
            return result;
    } while (json_take(reader, ','));
    if (!json_take(reader, '}'))
        return json_fail(reader, "a comma or } is wanted");
    return seen & 1U ? 0 : json_fail(reader, "argv is missing");
}

int parse_json_record(const char *text, struct parsed *parsed) {
    struct json_reader reader = {.at = text, .parsed = parsed};
    char first = json_peek(&reader);
    if (first == '\0')
        return 0;
    if (first != '[' && first != '{')
        return json_fail(&reader, "neither an array of strings nor an object");
    int result = first == '[' ? read_arguments(&reader) : read_object(&reader);
    if (result < 0)
        return result;
    return json_peek(&reader) == '\0' ? 0 : json_fail(&reader, "something stands behind it");
}
