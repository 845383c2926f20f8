/* SPDX-License-Identifier: MIT */
#include "names.h"

#include <errno.h>
#include <string.h>

/* Independent of the locale, which could make other letters equal. */
static int folded(char letter) {
    if (letter >= 'A' && letter <= 'Z')
        return letter - 'A' + 'a';
    return letter == '-' ? '_' : letter;
}

size_t fx_name_head(const char *text, const char *head) {
    size_t length = 0;
    for (; head[length]; length++)
        if (folded(text[length]) != folded(head[length]))
            return 0;
    return length;
}

static bool is_same(const char *text, const char *name) {
    size_t length = fx_name_head(text, name);
    return length > 0 && text[length] == '\0';
}

bool fx_name_is(const char *text, const char *prefix, const char *name) {
    return is_same(text, name) || is_same(text + fx_name_head(text, prefix), name);
}

int fx_decimal(const char *text, int most) {
    int number = 0;
    if (!*text)
        return -EINVAL;
    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return -EINVAL;
        int digit = *text - '0';
        if (digit > most || number > (most - digit) / 10)
            return -EINVAL;
        number = number * 10 + digit;
    }
    return number;
}

int fx_name_number(const struct fx_name *table, size_t count, const char *prefix, int most,
                   const char *name) {
    for (size_t i = 0; i < count; i++)
        if (fx_name_is(name, prefix, table[i].name))
            return table[i].number;
    return fx_decimal(name, most);
}

const char *fx_name_of(const struct fx_name *table, size_t count, int number) {
    for (size_t i = 0; i < count; i++)
        if (table[i].number == number)
            return table[i].name;
    return NULL;
}
