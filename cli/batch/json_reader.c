/* SPDX-License-Identifier: MIT */
#include "json_reader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int json_fail(struct json_reader *reader, const char *complaint) {
    reader->parsed->complaint = complaint;
    return -EINVAL;
}

char json_peek(struct json_reader *reader) {
    reader->at += strspn(reader->at, " \t\r\n");
    return *reader->at;
}

bool json_take(struct json_reader *reader, char byte) {
    if (json_peek(reader) != byte)
        return false;
    reader->at++;
    return true;
}

bool json_take_word(struct json_reader *reader, const char *word) {
    size_t length = strlen(word);
    (void)json_peek(reader);
    if (strncmp(reader->at, word, length) != 0)
        return false;
    reader->at += length;
    return true;
}

static void put_utf8(struct parsed *parsed, unsigned int code) {
    if (code < 0x80) {
        parsed_put(parsed, (char)code);
    } else if (code < 0x800) {
        parsed_put(parsed, (char)(0xC0 | code >> 6));
        parsed_put(parsed, (char)(0x80 | (code & 0x3F)));
    } else {
        if (code < 0x10000) {
            parsed_put(parsed, (char)(0xE0 | code >> 12));
        } else {
            parsed_put(parsed, (char)(0xF0 | code >> 18));
            parsed_put(parsed, (char)(0x80 | (code >> 12 & 0x3F)));
        }
        parsed_put(parsed, (char)(0x80 | (code >> 6 & 0x3F)));
        parsed_put(parsed, (char)(0x80 | (code & 0x3F)));
    }
}

/* The four digits behind \u; or -EINVAL. */
static int read_hexadecimal(struct json_reader *reader) {
    static const char digits[] = "0123456789abcdef";
    int code = 0;
    for (int i = 0; i < 4; i++) {
        char byte = *reader->at;
        const char *found =
            byte ? strchr(digits, byte >= 'A' && byte <= 'F' ? byte + 32 : byte) : NULL;
        if (!found)
            return json_fail(reader, "\\u wants four hexadecimal digits");
        code = code * 16 + (int)(found - digits);
        reader->at++;
    }
    return code;
}

static int read_unicode(struct json_reader *reader) {
    enum { HIGH = 0xD800, LOW = 0xDC00, END = 0xE000 };
    int code = read_hexadecimal(reader);
    if (code < 0)
        return code;
    if (code >= HIGH && code < LOW && strncmp(reader->at, "\\u", 2) == 0) {
        reader->at += 2;
        int low = read_hexadecimal(reader);
        if (low < 0)
            return low;
        if (low < LOW || low >= END)
            return json_fail(reader, "half a pair of surrogates");
        put_utf8(reader->parsed,
                 0x10000U + ((unsigned int)(code - HIGH) << 10) + (unsigned int)(low - LOW));
        return 0;
    }
    if (code >= LOW + 0x80 && code <= LOW + 0xFF) {
        /* A byte that is no UTF-8, as Python (PEP 383) writes it: names of files have such. */
        parsed_put(reader->parsed, (char)(code - LOW));
        return 0;
    }
    if (code >= HIGH && code < END)
        return json_fail(reader, "half a pair of surrogates");
    put_utf8(reader->parsed, (unsigned int)code);
    return 0;
}

static int read_escape(struct json_reader *reader) {
    static const char letters[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    char letter = *reader->at;
    if (letter == 'u') {
        reader->at++;
        return read_unicode(reader);
    }
    const char *found = letter ? strchr(letters, letter) : NULL;
    if (!found)
        return json_fail(reader, "a backslash before what needs none");
    parsed_put(reader->parsed, meanings[found - letters]);
    reader->at++;
    return 0;
}

/* The bytes of a character: 0 where it is not UTF-8. */
static size_t utf8_length(const char *text) {
    const unsigned char *byte = (const unsigned char *)text;
    size_t length = byte[0] < 0x80   ? 1
                    : byte[0] < 0xC2 ? 0
                    : byte[0] < 0xE0 ? 2
                    : byte[0] < 0xF0 ? 3
                    : byte[0] < 0xF5 ? 4
                                     : 0;
    for (size_t i = 1; i < length; i++)
        if ((byte[i] & 0xC0) != 0x80)
            return 0;
    /* Longer than need be, surrogates, and what lies above U+10FFFF. */
    if ((byte[0] == 0xE0 && byte[1] < 0xA0) || (byte[0] == 0xED && byte[1] > 0x9F) ||
        (byte[0] == 0xF0 && byte[1] < 0x90) || (byte[0] == 0xF4 && byte[1] > 0x8F))
        return 0;
    return length;
}

int json_read_string(struct json_reader *reader) {
    if (!json_take(reader, '"'))
        return json_fail(reader, "a string is wanted");
    while (*reader->at != '"') {
        if (*reader->at == '\0')
            return json_fail(reader, "a string is not closed");
        if (*reader->at == '\\') {
            reader->at++;
            int result = read_escape(reader);
            if (result < 0)
                return result;
            continue;
        }
        if ((unsigned char)*reader->at < ' ')
            return json_fail(reader, "a control character in a string");
        size_t length = utf8_length(reader->at);
        if (length == 0)
            return json_fail(reader, "it is not UTF-8");
        for (; length > 0; length--)
            parsed_put(reader->parsed, *reader->at++);
    }
    reader->at++;
    return 0;
}

int json_read_text(struct json_reader *reader, const char **text) {
    const char *start = parsed_begin(reader->parsed);
    int result = json_read_string(reader);
    if (result < 0)
        return result;
    if (memchr(start, '\0', (size_t)(parsed_begin(reader->parsed) - start)))
        return json_fail(reader, "a NUL byte in a string");
    parsed_end(reader->parsed);
    *text = start;
    return 0;
}

static size_t digits_at(const char *text) { return strspn(text, "0123456789"); }

int json_read_number(struct json_reader *reader, double *number) {
    (void)json_peek(reader);
    const char *end = reader->at;
    end += *end == '-';
    size_t digits = digits_at(end);
    bool valid = digits > 0 && (*end != '0' || digits == 1);
    end += digits;
    if (*end == '.') {
        digits = digits_at(++end);
        valid = valid && digits > 0;
        end += digits;
    }
    if (*end == 'e' || *end == 'E') {
        end++;
        end += *end == '-' || *end == '+';
        digits = digits_at(end);
        valid = valid && digits > 0;
        end += digits;
    }
    if (!valid)
        return json_fail(reader, "a number is wanted");
    *number = strtod(reader->at, NULL);
    reader->at = end;
    return 0;
}
