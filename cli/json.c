/* SPDX-License-Identifier: MIT */
#include "json.h"

#include "explain/character.h"

static void put_character(FILE *to, const unsigned char *at, size_t length) {
    if (length == 0)
        (void)fprintf(to, "\\udc%02x", (unsigned int)*at);
    else if (*at == '"' || *at == '\\')
        (void)fprintf(to, "\\%c", *at);
    else if (*at < ' ' || *at == 0x7f)
        (void)fprintf(to, "\\u%04x", (unsigned int)*at);
    else
        (void)fwrite(at, 1, length, to);
}

void json_string(FILE *to, const char *text) {
    if (!text) {
        (void)fputs("null", to);
        return;
    }
    (void)putc('"', to);
    for (const unsigned char *at = (const unsigned char *)text; *at;) {
        size_t length = fx_character(at);
        put_character(to, at, length);
        at += length ? length : 1;
    }
    (void)putc('"', to);
}

void json_name(FILE *to, bool first, const char *name) {
    (void)fputs(first ? "" : ", ", to);
    json_string(to, name);
    (void)fputs(": ", to);
}

void json_text(FILE *to, bool first, const char *name, const char *text) {
    json_name(to, first, name);
    json_string(to, text);
}

void json_texts(FILE *to, bool first, const char *name, char *const *texts) {
    json_name(to, first, name);
    (void)putc('[', to);
    for (size_t i = 0; texts[i]; i++) {
        (void)fputs(i ? ", " : "", to);
        json_string(to, texts[i]);
    }
    (void)putc(']', to);
}

void json_bool(FILE *to, bool first, const char *name, bool value) {
    json_name(to, first, name);
    (void)fputs(value ? "true" : "false", to);
}

void json_null(FILE *to, bool first, const char *name) { json_text(to, first, name, NULL); }

void json_number(FILE *to, bool first, const char *name, long long value) {
    json_name(to, first, name);
    (void)fprintf(to, "%lld", value);
}

void json_seconds(FILE *to, bool first, const char *name, long long nanoseconds) {
    enum { SECOND = 1000000000 };
    json_name(to, first, name);
    (void)fprintf(to, "%lld.%09lld", nanoseconds / SECOND, nanoseconds % SECOND);
}
