/* SPDX-License-Identifier: MIT */
#include "value.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

bool is_number(const char *text) { return *text && text[strspn(text, "0123456789")] == '\0'; }

int read_number(const struct request *request, const char *text, long long least, long long most,
                long long *number) {
    const char *digits = text + (*text == '-' || *text == '+');
    if (!is_number(digits))
        return complain(request, "\"%s\" is not a number", text);
    errno = 0;
    *number = strtoll(text, NULL, 10);
    if (errno == ERANGE || *number < least || *number > most)
        return complain(request, "%s is not from %lld to %lld", text, least, most);
    return 0;
}

int read_int(const struct request *request, const char *text, int least, int most, int *number) {
    long long value = 0;
    int result = read_number(request, text, least, most, &value);
    *number = (int)value;
    return result;
}

int read_in_base(const struct request *request, const char *text, int base, unsigned long long most,
                 unsigned long long *number) {
    const char *const digits = base == 8 ? "01234567" : "0123456789abcdefABCDEF";
    const char *start = text;
    if (base == 16 && (strncmp(text, "0x", 2) == 0 || strncmp(text, "0X", 2) == 0))
        start += 2;
    if (!*start || start[strspn(start, base == 10 ? "0123456789" : digits)])
        return complain(request, "\"%s\" is not %s number", text,
                        base == 8    ? "an octal"
                        : base == 16 ? "a hexadecimal"
                                     : "a");
    errno = 0;
    *number = strtoull(start, NULL, base);
    if (errno == ERANGE || *number > most)
        return complain(request, "%s is too big", text);
    return 0;
}

int read_count(const struct request *request, const char *text, unsigned long long most,
               unsigned long long *number) {
    return read_in_base(request, text, 10, most, number);
}

int read_descriptor(const struct request *request, const char *text, int *descriptor) {
    if (!is_number(text))
        return complain(request, "\"%s\" is not the number of a descriptor", text);
    return read_int(request, text, 0, INT_MAX, descriptor);
}

int read_optional_descriptor(const struct request *request, const char *text, fx_number *field) {
    *field = (fx_number)FX_NUMBER(0);
    return text ? read_descriptor(request, text, &field->value) : 0;
}

int read_name(const struct request *request, const char *text, const char *what,
              int (*number_of)(const char *name), int *number) {
    *number = *text ? number_of(text) : -EINVAL;
    return *number < 0 ? complain(request, "\"%s\" is not %s", text, what) : 0;
}

int for_each_item(struct request *request, const char *text,
                  int (*take)(struct request *request, const char *item, void *context),
                  void *context) {
    if (!*text)
        return 0;
    int result = 0;
    char *item = allocate(strlen(text) + 1, 1);
    const char *word;
    size_t length;
    while (result == 0 && next_word(&text, ',', &word, &length)) {
        memcpy(item, word, length);
        item[length] = '\0';
        result = length ? take(request, item, context)
                        : complain(request, "an item of the list is empty");
    }
    free(item);
    return result;
}

bool split(const char *text, char separator, char *before, size_t size, const char **after) {
    const char *at = strchr(text, separator);
    if (!at || (size_t)(at - text) >= size)
        return false;
    memcpy(before, text, (size_t)(at - text));
    before[at - text] = '\0';
    *after = at + 1;
    return true;
}
