/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "character.h"
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

void fx_text_json_bytes(struct fx_text *text, const char *string, size_t size) {
    const unsigned char *at = (const unsigned char *)string, *end = at + size;
    fx_text_string(text, "\"");
    while (at < end) {
        size_t length = fx_character(at);
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
