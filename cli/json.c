/* SPDX-License-Identifier: MIT */
#include "json.h"

#include <stdio.h>

void json_string(const char *text) {
    if (!text) {
        (void)fputs("null", stdout);
        return;
    }
    (void)putchar('"');
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            (void)printf("\\%c", c);
        else if (c < ' ')
            (void)printf("\\u%04x", (unsigned int)c);
        else
            (void)putchar(c);
    }
    (void)putchar('"');
}

static void name_of(bool first, const char *name) {
    (void)fputs(first ? "" : ", ", stdout);
    json_string(name);
    (void)fputs(": ", stdout);
}

void json_text(bool first, const char *name, const char *text) {
    name_of(first, name);
    json_string(text);
}

void json_bool(bool first, const char *name, bool value) {
    name_of(first, name);
    (void)fputs(value ? "true" : "false", stdout);
}

void json_number(bool first, const char *name, long long value) {
    name_of(first, name);
    (void)printf("%lld", value);
}
