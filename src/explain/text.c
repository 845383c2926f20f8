/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "explain.h"

void fx_text_bytes(struct fx_text *text, const char *bytes, size_t size) {
    /* One byte is for the final NUL. */
    size_t room = text->used + 1 < text->size ? text->size - text->used - 1 : 0;
    if (room > 0)
        memcpy(text->start + text->used, bytes, size < room ? size : room);
    text->used += size;
}

void fx_text_string(struct fx_text *text, const char *string) {
    fx_text_bytes(text, string, strlen(string));
}

void fx_text_print(struct fx_text *text, const char *format, ...) {
    char line[2 * FX_SUBJECT_MAX];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    fx_text_string(text, line);
}

/* The length of the UTF-8 character that begins here, 0 if none does (RFC 3629). */
static size_t character(const unsigned char *at) {
    static const struct {
        unsigned char first, last, low, high;
        size_t length;
    } rows[] = {
        {0x00, 0x7f, 0x00, 0xff, 1}, {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (at[0] < rows[i].first || at[0] > rows[i].last)
            continue;
        if (rows[i].length > 1 && (at[1] < rows[i].low || at[1] > rows[i].high))
            return 0;
        for (size_t k = 2; k < rows[i].length; k++)
            if ((at[k] & 0xc0) != 0x80)
                return 0;
        return rows[i].length;
    }
    return 0;
}

void fx_text_json_bytes(struct fx_text *text, const char *string, size_t size) {
    const unsigned char *at = (const unsigned char *)string, *end = at + size;
    fx_text_string(text, "\"");
    while (at < end) {
        size_t length = character(at);
        if (length == 0)
            fx_text_print(text, "\\udc%02x", *at);
        else if (*at == '"' || *at == '\\')
            fx_text_print(text, "\\%c", *at);
        else if (*at < ' ' || *at == 0x7f)
            fx_text_print(text, "\\u%04x", *at);
        else
            fx_text_bytes(text, (const char *)at, length);
        at += length ? length : 1;
    }
    fx_text_string(text, "\"");
}

void fx_text_json(struct fx_text *text, const char *string) {
    fx_text_json_bytes(text, string, strlen(string));
}
